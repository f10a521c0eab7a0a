#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values that change in turn around a loop: each new one depends on the old ones.
//! buffer n u32[64] index
//! buffer result u32[64] zero
//! expect result by fibonacci
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint n[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, a = 0u, b = 1u, c = 0u;
    for (uint k = 0u; k < n[i]; ++k) {
        uint t = a + b;
        a = b;
        b = t;
        uint swap = c;
        c = a;
        if ((k & 1u) != 0u) c = swap + b;
    }
    result[i] = a + (c - c);
}
