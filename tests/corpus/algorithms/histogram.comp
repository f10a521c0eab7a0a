#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts in shared memory, then adds the counts of all workgroups in a buffer.
//! buffer values u32[1024] bits
//! buffer counts u32[32] zero
//! groups 4
//! expect counts by histogram
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) buffer C { uint counts[]; };
shared uint local_counts[32];
void main() {
    if (gl_LocalInvocationIndex < 32u) local_counts[gl_LocalInvocationIndex] = 0u;
    barrier();
    for (uint i = gl_GlobalInvocationID.x; i < uint(values.length()); i += gl_NumWorkGroups.x * gl_WorkGroupSize.x)
        atomicAdd(local_counts[values[i] >> 27], 1u);
    barrier();
    if (gl_LocalInvocationIndex < 32u)
        atomicAdd(counts[gl_LocalInvocationIndex], local_counts[gl_LocalInvocationIndex]);
}
