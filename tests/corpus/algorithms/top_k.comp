#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The eight largest of 256 values, by insertion into sorted lists that are merged in a tree.
//! buffer values u32[256] bits
//! buffer largest u32[8] zero
//! expect largest by largest_eight
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) buffer L { uint largest[8]; };
shared uint lists[16][8];
void insert(inout uint list[8], uint x) {
    for (int k = 7; k >= 0; --k) {
        if (list[k] >= x) break;
        if (k < 7) list[k + 1] = list[k];
        list[k] = x;
    }
}
void main() {
    uint t = gl_LocalInvocationIndex;
    uint best[8] = uint[8](0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u);
    for (uint k = t; k < uint(values.length()); k += 16u) insert(best, values[k]);
    lists[t] = best;
    for (uint s = 8u; s > 0u; s >>= 1) {
        barrier();
        if (t < s) {
            for (int k = 0; k < 8; ++k) insert(best, lists[t + s][k]);
            lists[t] = best;
        }
    }
    if (t == 0u) largest = best;
}
