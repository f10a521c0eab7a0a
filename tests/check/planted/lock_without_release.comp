#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each workgroup adds under a lock that it gives back relaxed.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer lock u32[1] zero
//! buffer total u32[1] zero
//! groups 8
layout(local_size_x = 16) in;
layout(binding = 0) buffer L { uint lock; };
layout(binding = 1) buffer T { uint total; };
void main() {
    if (gl_LocalInvocationID.x != 0u) return;
    while (atomicExchange(lock, 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != 0u) {}
    total += gl_WorkGroupID.x;  // subtle fault: data race
#ifdef FAULT
    atomicStore(lock, 0u, gl_ScopeDevice, 0, gl_SemanticsRelaxed);
#else
    atomicStore(lock, 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
#endif
}
