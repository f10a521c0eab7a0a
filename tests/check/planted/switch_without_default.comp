#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A kind that no case names gives no weight.
//! buffer kinds u32[32] values 0 1 2 1 0 3 2
//! buffer weights f32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer K { uint kinds[]; };
layout(binding = 1) writeonly buffer W { float weights[]; };
void main() {
    float weight;
    switch (kinds[gl_LocalInvocationID.x]) {
        case 0u: weight = 0.5; break;
        case 1u: weight = 1.0; break;
        case 2u: weight = 2.0; break;
#ifndef FAULT
        default: weight = 0.0;
#endif
    }
    weights[gl_LocalInvocationID.x] = weight;  // subtle fault: uninitialized
}
