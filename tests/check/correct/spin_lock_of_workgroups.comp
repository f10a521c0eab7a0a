#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A lock by exchange, taken by one invocation for its workgroup, which works on together what it guards.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer lock u32[1] zero
//! buffer guarded u32[32] zero
//! groups 12
//! expect guarded 12
layout(local_size_x = 32) in;
layout(binding = 0) buffer L { uint lock; };
layout(binding = 1) buffer G { uint guarded[]; };
void main() {
    uint t = gl_LocalInvocationIndex;
    if (t == 0u)
        while (atomicExchange(lock, 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != 0u) {}
    controlBarrier(gl_ScopeWorkgroup, gl_ScopeWorkgroup, gl_StorageSemanticsBuffer,
                   gl_SemanticsAcquireRelease | gl_SemanticsMakeVisible);
    guarded[31u - t] += 1u;
    controlBarrier(gl_ScopeWorkgroup, gl_ScopeWorkgroup, gl_StorageSemanticsBuffer,
                   gl_SemanticsAcquireRelease | gl_SemanticsMakeAvailable);
    if (t == 0u) atomicStore(lock, 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
