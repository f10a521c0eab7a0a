#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A function that returns from within a switch in a loop in a loop, and at its end.
//! buffer a u32[128] bits
//! buffer result u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint search(uint bits) {
    for (uint k = 0u; k < 4u; ++k) {
        uint byte = bits >> (8u * k) & 255u;
        for (uint j = 0u; j < 8u; ++j) {
            switch (byte >> j & 7u) {
                case 5u:
                    return 100u + 8u * k + j;
                case 6u:
                    if (j > 4u) return 200u + k;
                    break;
                case 1u:
                    byte ^= 64u;
                default:
                    byte += 3u;
            }
        }
        if (byte > 250u) return byte;
    }
    return bits % 97u;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = search(a[i]);
}
