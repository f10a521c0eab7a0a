#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A workgroup hands its sum on by a flag that is stored relaxed.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer sums u32[16] zero
//! buffer flags u32[16] zero
//! groups 16
layout(local_size_x = 32) in;
layout(binding = 0) buffer S { uint sums[]; };
layout(binding = 1) buffer F { uint flags[]; };
#ifdef FAULT
#define ORDER gl_SemanticsRelaxed
#define STORAGE 0
#else
#define ORDER gl_SemanticsRelease
#define STORAGE gl_StorageSemanticsBuffer
#endif
void main() {
    uint group = gl_WorkGroupID.x;
    if (gl_LocalInvocationID.x != 0u) return;
    uint before = 0u;
    if (group > 0u) {
        while (atomicLoad(flags[group - 1u], gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) == 0u) {}
        before = sums[group - 1u];  // subtle fault: data race
    }
    sums[group] = before + group;
    atomicStore(flags[group], 1u, gl_ScopeDevice, STORAGE, ORDER);
}
