#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A chain that runs the wrong way round: each workgroup waits for the one that comes behind it.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer flags u32[150] zero
//! buffer ticket u32[1] zero
//! groups 150
layout(local_size_x = 1) in;
layout(binding = 0) buffer F { uint flags[]; };
layout(binding = 1) buffer T { uint ticket; };
uint known(uint group) {
    return atomicLoad(flags[group], gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
}
void main() {
    uint group = atomicAdd(ticket, 1u), last = gl_NumWorkGroups.x - 1u;
#ifdef FAULT
    if (group < last)
        while (known(group + 1u) == 0u) {}  // fault: deadlock
#else
    if (group > 0u)
        while (known(group - 1u) == 0u) {}
#endif
    atomicStore(flags[group], 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
