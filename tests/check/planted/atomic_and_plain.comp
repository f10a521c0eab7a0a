#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A counter is counted by atomics and read plainly.
//! buffer values u32[128] index
//! buffer counts u32[4] zero
//! buffer seen u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) buffer C { uint counts[]; };
layout(binding = 2) writeonly buffer S { uint seen[]; };
void main() {
    uint bin = values[gl_GlobalInvocationID.x] % 4u;
#ifdef FAULT
    atomicAdd(counts[bin], 1u);  // subtle fault: data race
    seen[gl_GlobalInvocationID.x] = counts[bin];  // subtle fault: data race
#else
    seen[gl_GlobalInvocationID.x] = atomicAdd(counts[bin], 1u) + 1u;
#endif
}
