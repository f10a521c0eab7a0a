#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A try-lock of each bin: who does not get it comes back for it, so invocations of one subgroup get it one by one.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer locks u32[4] zero
//! buffer bins u32[4] zero
//! groups 3
//! expect bins 48
layout(local_size_x = 64) in;
layout(binding = 0) buffer L { uint locks[]; };
layout(binding = 1) buffer B { uint bins[]; };
void main() {
    uint bin = gl_GlobalInvocationID.x % 4u;
    for (bool done = false; !done;) {
        if (atomicExchange(locks[bin], 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) == 0u) {
            bins[bin] += 1u;
            atomicStore(locks[bin], 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
            done = true;
        }
    }
}
