#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The workgroup that comes last sums up what the others have left: its ticket releases and acquires.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer values u32[512] values 1
//! buffer parts u32[8] zero
//! buffer ticket u32[1] zero
//! buffer total u32[1] zero
//! groups 8
//! expect total 512
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) buffer P { uint parts[]; };
layout(binding = 2) buffer K { uint ticket; };
layout(binding = 3) writeonly buffer T { uint total; };
shared uint sum;
void main() {
    if (gl_LocalInvocationIndex == 0u) sum = 0u;
    barrier();
    atomicAdd(sum, values[gl_GlobalInvocationID.x]);
    barrier();
    if (gl_LocalInvocationIndex != 0u) return;
    parts[gl_WorkGroupID.x] = sum;
    uint before = atomicAdd(ticket, 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    if (before != gl_NumWorkGroups.x - 1u) return;
    uint all = 0u;
    for (uint k = 0u; k < gl_NumWorkGroups.x; ++k) all += parts[k];
    total = all;
}
