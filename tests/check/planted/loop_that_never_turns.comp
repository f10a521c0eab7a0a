#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The smallest of no candidates at all, for the one invocation that has none.
//! buffer starts u32[17] values 0 3 5 6 9 12 12 15 18 20 23 26 29 33 36 38 40
//! buffer costs f32[40] random 1 9
//! buffer best f32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer S { uint starts[]; };
layout(binding = 1) readonly buffer C { float costs[]; };
layout(binding = 2) writeonly buffer B { float best[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    float smallest;
#ifndef FAULT
    smallest = 1e30;
#endif
    for (uint k = starts[i]; k < starts[i + 1u]; ++k) smallest = k == starts[i] ? costs[k] : min(smallest, costs[k]);
    best[i] = smallest;  // subtle fault: uninitialized
}
