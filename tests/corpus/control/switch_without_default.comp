#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values that no label has go behind the switch; labels are far apart.
//! buffer a i32[64] values 2147483647 -2147483648 0 100000 -1 7 65536 8
//! buffer result i32[64] zero
//! expect result 1 2 3 4 5 -9 6 -9
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    int r = -9;
    switch (a[i]) {
        case 0x7fffffff: r = 1; break;
        case 0x80000000: r = 2; break;
        case 0: r = 3; break;
        case 100000: r = 4; break;
        case -1: r = 5; break;
        case 65536: r = 6; break;
    }
    result[i] = r;
}
