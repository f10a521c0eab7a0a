#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The last steps of a sum go without barriers, as if a subgroup ran in step.
//! buffer values u32[128] index
//! buffer totals u32[2] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer T { uint totals[]; };
shared uint part[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    part[i] = values[gl_GlobalInvocationID.x];
    barrier();
    for (uint s = 32u; s > 0u; s /= 2u) {
        if (i < s) part[i] += part[i + s];  // fault: data race
#ifdef FAULT
        if (s > 16u) barrier();
#else
        barrier();
#endif
    }
    if (i == 0u) totals[gl_WorkGroupID.x] = part[0];
}
