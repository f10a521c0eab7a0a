#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics and barriers with their scope and memory semantics spelled out.
//! needs memory_model memory_model_device_scope
//! buffer a u32[64] index
//! buffer flag u32[4] zero
//! buffer result u32[64] zero
#pragma use_vulkan_memory_model
#extension GL_KHR_memory_scope_semantics : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) workgroupcoherent buffer F { uint flag[4]; };
layout(binding = 2) buffer R { uint result[]; };
shared uint table[64];
void main() {
    uint t = gl_LocalInvocationIndex;
    atomicStore(table[t], a[t] * 3u, gl_ScopeWorkgroup, gl_StorageSemanticsShared, gl_SemanticsRelease);
    controlBarrier(gl_ScopeWorkgroup, gl_ScopeWorkgroup, gl_StorageSemanticsShared, gl_SemanticsAcquireRelease);
    uint x = atomicLoad(table[63u - t], gl_ScopeWorkgroup, gl_StorageSemanticsShared, gl_SemanticsAcquire);
    atomicAdd(flag[0], x, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    if (t == 63u) flag[1] = atomicCompSwap(flag[2], 0u, 9u, gl_ScopeDevice, gl_StorageSemanticsBuffer,
                                           gl_SemanticsAcquireRelease, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
    result[t] = x;
}
