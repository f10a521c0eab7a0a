#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A local array with first values, indexed by data, changed in a loop.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint deck[32];
    for (uint k = 0u; k < 32u; ++k) deck[k] = k;
    uint state = a[i];
    for (uint k = 31u; k > 0u; --k) {
        state = state * 747796405u + 2891336453u;
        uint j = (state >> 16) % (k + 1u);
        uint t = deck[k];
        deck[k] = deck[j];
        deck[j] = t;
    }
    uint r = 0u;
    for (uint k = 0u; k < 32u; ++k) r = r * 33u + deck[k];
    result[i] = r;
}
