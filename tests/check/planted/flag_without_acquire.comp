#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The flag is stored with release, but the one that waits for it does not acquire.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer message u32[4] zero
//! buffer flag u32[1] zero
//! buffer received u32[4] zero
//! groups 2
layout(local_size_x = 4) in;
layout(binding = 0) buffer M { uint message[]; };
layout(binding = 1) buffer F { uint flag[]; };
layout(binding = 2) writeonly buffer R { uint received[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    if (i != 0u) return;
    if (gl_WorkGroupID.x == 0u) {
        for (uint k = 0u; k < 4u; ++k) message[k] = 10u + k;
        atomicStore(flag[0], 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
    } else {
#ifdef FAULT
        while (atomicLoad(flag[0], gl_ScopeDevice, 0, gl_SemanticsRelaxed) == 0u) {}
#else
        while (atomicLoad(flag[0], gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) == 0u) {}
#endif
        for (uint k = 0u; k < 4u; ++k)
            received[k] = message[k];  // subtle fault: data race
    }
}
