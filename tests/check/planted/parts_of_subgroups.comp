#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One part of each subgroup is summed, for as many subgroups as there would be if each had 16 invocations.
#extension GL_KHR_shader_subgroup_arithmetic : require
//! buffer values u32[128] index
//! buffer totals u32[2] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer T { uint totals[]; };
shared uint parts[64];
void main() {
    uint sum = subgroupAdd(values[gl_GlobalInvocationID.x]);
    if (subgroupElect()) parts[gl_SubgroupID] = sum;
    barrier();
    if (gl_LocalInvocationID.x != 0u) return;
    uint total = 0u;
#ifdef FAULT
    for (uint k = 0u; k < max(gl_NumSubgroups, 63u) + 1u; ++k)
#else
    for (uint k = 0u; k < gl_NumSubgroups; ++k)
#endif
        total += parts[k];  // fault: uninitialized
    totals[gl_WorkGroupID.x] = total;
}
