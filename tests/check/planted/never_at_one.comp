#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Halving never comes from zero to one.
//! buffer values u32[32] values 1 7 64 0
//! buffer steps u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint steps[]; };
void main() {
    uint n = values[gl_LocalInvocationID.x], count = 0u;
#ifdef FAULT
    while (n != 1u) {  // subtle fault: step limit
#else
    while (n > 1u) {
#endif
        n /= 2u;
        ++count;
    }
    steps[gl_LocalInvocationID.x] = count;
}
