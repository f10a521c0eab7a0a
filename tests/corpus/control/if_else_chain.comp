#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Alternatives within alternatives, some empty.
//! buffer a u32[64] index
//! buffer result u32[64] zero
//! expect result 7 1 2 30 4 5 60 7 108 90 10 11 120 13 14 150 116 17 180 19 20 210 22 23 124 25 26 27 28 29 30 31 132 33 34 35 36 37 38 39 140 41 42 43 44 45 46 47 148 49 50 51 52 53 54 55 156 57 58 59 60 61 62 63
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) writeonly buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i], r = x;
    if (x == 0u) {
        r = 7u;
    } else if (x % 8u == 0u) {
        if (x > 30u && x < 2u) {
        } else {
            r = 100u + x;
        }
    } else {
        if (x > 21u) {
        } else if (x % 3u == 0u) {
            r *= 10u;
        }
    }
    result[i] = r;
}
