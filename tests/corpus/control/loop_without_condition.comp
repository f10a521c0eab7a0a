#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// for (;;) and while (true), left by breaks at several places with several values.
//! buffer a u32[64] index
//! buffer result u32[128] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i], steps = 0u, how;
    for (;;) {
        if (x > 1000u) {
            how = 1u;
            break;
        }
        x = x * 3u + 1u;
        if ((x & 7u) == 4u) {
            how = 2u;
            break;
        }
        ++steps;
        if (steps == 5u) {
            how = 3u;
            break;
        }
    }
    while (true) {
        how += 10u;
        if (how > 60u) break;
        if (steps-- == 0u) break;
    }
    result[2u * i] = x;
    result[2u * i + 1u] = how;
}
