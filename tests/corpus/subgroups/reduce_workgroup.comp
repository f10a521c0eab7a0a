#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A sum of the workgroup: of each subgroup, then of their sums through shared memory.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a u32[512] bits
//! buffer sums u32[4] zero
//! groups 4
//! expect sums by sums_of_128
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer S { uint sums[]; };
shared uint partial[128];
void main() {
    uint sum = subgroupAdd(a[gl_GlobalInvocationID.x]);
    if (subgroupElect()) partial[gl_SubgroupID] = sum;
    barrier();
    if (gl_SubgroupID != 0u) return;
    uint all_of_them = 0u;
    for (uint k = gl_SubgroupInvocationID; k < gl_NumSubgroups; k += gl_SubgroupSize) all_of_them += partial[k];
    all_of_them = subgroupAdd(all_of_them);
    if (subgroupElect()) sums[gl_WorkGroupID.x] = all_of_them;
}
