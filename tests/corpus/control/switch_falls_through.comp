#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Cases that fall through, cases with two labels, a default that falls into a case.
//! buffer a i32[64] values -3 0 1 2 3 4 5 9
//! buffer result i32[64] zero
//! expect result 1000 1 110 110 1110 1000 20 1000
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    int r = 0;
    switch (a[i]) {
        case 0:
            r += 1;
            break;
        case 1:
        case 2:
            r += 10;
            r += 100;
            break;
        case 5:
            r += 20;
            break;
        case 3:
            r += 110;
        default:
            r += 900;
        case -7:
            r += 100;
    }
    result[i] = r;
}
