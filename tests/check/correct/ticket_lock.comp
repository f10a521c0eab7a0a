#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Workgroups take turns by a ticket lock; what it guards is plain.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer lock u32[2] zero
//! buffer guarded u32[4] zero
//! groups 24
//! expect guarded 24 276 24 24
layout(local_size_x = 8) in;
layout(binding = 0) buffer L { uint next, serving; } lock;
layout(binding = 1) buffer G { uint guarded[4]; };
void main() {
    if (gl_LocalInvocationIndex != 0u) return;
    uint mine = atomicAdd(lock.next, 1u);
    while (atomicLoad(lock.serving, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != mine) {}
    guarded[0] += 1u;
    guarded[1] += gl_WorkGroupID.x;
    guarded[2] = guarded[0];
    guarded[3] = guarded[2];
    atomicStore(lock.serving, mine + 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
