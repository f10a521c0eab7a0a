#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sizes and places: every invocation has a place of its own, and one of each subgroup is elected.
//! needs subgroup.basic
//! buffer seen u32[64] zero
//! buffer elected u32[1] zero
//! buffer ok u32[64] zero
//! expect seen 1
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
layout(local_size_x = 64) in;
layout(binding = 0) buffer S { uint seen[64]; };
layout(binding = 1) buffer E { uint elected[1]; };
layout(binding = 2) buffer O { uint ok[64]; };
shared uint count;
void main() {
    uint t = gl_LocalInvocationIndex, place = gl_SubgroupID * gl_SubgroupSize + gl_SubgroupInvocationID;
    if (t == 0u) count = 0u;
    atomicAdd(seen[place & 63u], 1u);
    barrier();
    if (subgroupElect()) atomicAdd(count, 1u);
    subgroupBarrier();
    subgroupMemoryBarrierShared();
    barrier();
    ok[t] = uint(count == gl_NumSubgroups && gl_SubgroupID < gl_NumSubgroups &&
                 gl_SubgroupInvocationID < gl_SubgroupSize && gl_NumSubgroups * gl_SubgroupSize >= 64u);
    if (t == 0u) elected[0] = uint(count > 0u);
}
//! expect elected 1
//! refused dawn* the device's WGSL has no barrier for a subgroup.
//! refused webgpu* the device's WGSL has no barrier for a subgroup.
