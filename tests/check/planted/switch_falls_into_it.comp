#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A case without its break counts the index on twice.
//! buffer kinds u32[16] values 0 1 2 0 1 2 2 2
//! buffer out_values u32[18] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer K { uint kinds[]; };
layout(binding = 1) buffer O { uint out_values[]; };
void main() {
    uint at = gl_LocalInvocationID.x;
    switch (kinds[at]) {
        case 2u:
            at += 2u;
#ifndef FAULT
            break;
#endif
        case 1u:
            at += 1u;
            break;
        default:
            break;
    }
    atomicAdd(out_values[at], 1u);  // subtle fault: out of bounds
}
