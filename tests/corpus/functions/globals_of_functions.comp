#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Variables of the file, with and without a first value, seen by all functions of one invocation.
//! buffer a u32[64] index
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint seed = 17u;
uint table[5] = uint[5](3u, 1u, 4u, 1u, 5u);
const uint fixed_table[4] = uint[4](2u, 7u, 1u, 8u);
uint next() {
    seed = seed * 69069u + 1u;
    table[seed >> 16 & 3u] += fixed_table[seed >> 20 & 3u];
    return seed >> 8;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    seed += a[i];
    uint r = 0u;
    for (int k = 0; k < 6; ++k) r ^= next();
    for (int k = 0; k < 5; ++k) r = r * 31u + table[k];
    result[i] = r;
}
