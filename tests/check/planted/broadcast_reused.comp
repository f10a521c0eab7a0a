#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One shared variable broadcasts twice; the second value may overtake the first.
//! buffer values u32[128] index
//! buffer out_values u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer O { uint out_values[]; };
shared uint one;
void main() {
    uint i = gl_LocalInvocationID.x, first = 64u * gl_WorkGroupID.x;
    if (i == 0u) one = values[first];
    barrier();
    uint low = one;
#ifndef FAULT
    barrier();
#endif
    if (i == 63u) one = values[first + 63u];  // subtle fault: data race
    barrier();
    out_values[first + i] = low + one;
}
