#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The count of a push constant counts one more than there is.
//! buffer weights f32[33] random 0 1
//! buffer totals f32[8] zero
//! scalar count u32 33
layout(local_size_x = 8) in;
layout(binding = 0) readonly buffer W { float weights[]; };
layout(binding = 1) writeonly buffer T { float totals[]; };
layout(push_constant) uniform Scalars { uint count; };
void main() {
    float total = 0.0;
#ifdef FAULT
    for (uint k = gl_LocalInvocationID.x; k <= count; k += 8u)
#else
    for (uint k = gl_LocalInvocationID.x; k < count; k += 8u)
#endif
        total += weights[k];  // subtle fault: out of bounds
    totals[gl_LocalInvocationID.x] = total;
}
