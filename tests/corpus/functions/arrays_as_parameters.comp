#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Whole arrays and structs go into functions and come out of them, by value and by reference.
//! buffer a u32[256] whole 0 1000
//! buffer result u32[256] zero
//! buffer smallest u32[64] zero
//! expect result by sorted_by_four
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
layout(binding = 2) buffer S { uint smallest[]; };
struct Pair { uint low, high; };
void order(inout uint v[4], int p, int q) {
    if (v[p] > v[q]) {
        uint t = v[p];
        v[p] = v[q];
        v[q] = t;
    }
}
uint[4] sorted(uint v[4]) {
    order(v, 0, 1);
    order(v, 2, 3);
    order(v, 0, 2);
    order(v, 1, 3);
    order(v, 1, 2);
    return v;
}
Pair ends(const in uint v[4]) { return Pair(v[0], v[3]); }
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint v[4] = uint[4](a[4u * i], a[4u * i + 1u], a[4u * i + 2u], a[4u * i + 3u]);
    uint w[4] = sorted(v);
    for (int k = 0; k < 4; ++k) result[4u * i + k] = w[k];
    smallest[i] = ends(w).low + (v == w ? 1u : 0u);
}
