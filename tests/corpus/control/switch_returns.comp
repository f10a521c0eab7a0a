#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Every case returns, so nothing comes behind the switch.
//! buffer a u32[64] values 0 1 2 3 4 5 6 7
//! buffer result u32[64] zero
//! expect result 5 6 12 12 8 25 12 12
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint choose(uint x) {
    switch (x) {
        case 0u: return 5u;
        case 1u: return x + 5u;
        case 4u: return 2u * x;
        case 5u:
            if (x > 3u) return x * x;
            return 0u;
        default: return 12u;
    }
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = choose(a[i]);
}
