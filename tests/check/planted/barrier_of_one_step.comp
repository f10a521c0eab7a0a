#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A tree of sums leaves out the barrier of one step alone.
//! buffer values u32[256] index
//! buffer totals u32[4] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer T { uint totals[]; };
shared uint part[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    part[i] = values[gl_GlobalInvocationID.x];
    for (uint s = 32u; s > 0u; s /= 2u) {
#ifdef FAULT
        if (s != 8u) barrier();
#else
        barrier();
#endif
        if (i < s) part[i] += part[i + s];  // subtle fault: data race
    }
    if (i == 0u) totals[gl_WorkGroupID.x] = part[0];
}
