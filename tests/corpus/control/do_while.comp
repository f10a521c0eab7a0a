#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A loop that tests at its end, where continue leads to the test.
//! buffer n u32[64] index
//! buffer steps u32[64] zero
//! buffer odd u32[64] zero
//! expect steps by collatz
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint n[]; };
layout(binding = 1) buffer R { uint steps[]; };
layout(binding = 2) buffer O { uint odd[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = n[i] + 1u, count = 0u, odds = 0u;
    if (x != 1u) {
        do {
            ++count;
            if ((x & 1u) == 0u) {
                x >>= 1;
                continue;
            }
            x = 3u * x + 1u;
            ++odds;
        } while (x != 1u);
    }
    steps[i] = count;
    odd[i] = odds;
}
