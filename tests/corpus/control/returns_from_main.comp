#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The kernel itself ends early, in some invocations only.
//! buffer a u32[64] index
//! buffer result u32[64] values 77
//! expect result 77 101 77 103 77 77 77 77
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (a[i] % 2u == 0u) return;
    for (uint k = 0u;; ++k) {
        if (a[i] % 8u == 5u + k) return;
        if (k == 3u) break;
    }
    result[i] = 100u + a[i] % 8u;
}
