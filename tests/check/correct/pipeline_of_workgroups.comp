#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A pipeline of three stages between workgroups, with two buffers between each two of them.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer input_values u32[256] values 1 2 3 4
//! buffer between u32[128] zero
//! buffer full u32[4] zero
//! buffer results u32[256] zero
//! groups 3
//! expect results 6 9 12 15
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer I { uint input_values[]; };
layout(binding = 1) buffer B { uint between[2][2][32]; };
layout(binding = 2) buffer F { uint full[2][2]; };
layout(binding = 3) writeonly buffer R { uint results[]; };
void await(uint link, uint half_of, uint state) {
    if (gl_LocalInvocationIndex == 0u)
        while (atomicLoad(full[link][half_of], gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != state) {}
    memoryBarrierBuffer();
    barrier();
}
void pass_on(uint link, uint half_of, uint state) {
    memoryBarrierBuffer();
    barrier();
    if (gl_LocalInvocationIndex == 0u)
        atomicStore(full[link][half_of], state, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
void main() {
    uint stage = gl_WorkGroupID.x, t = gl_LocalInvocationIndex;
    for (uint k = 0u; k < 8u; ++k) {
        uint half_of = k % 2u, value = 0u;
        if (stage == 0u) value = input_values[32u * k + t];
        else {
            await(stage - 1u, half_of, 1u);
            value = between[stage - 1u][half_of][31u - t];
            pass_on(stage - 1u, half_of, 0u);
        }
        value = stage == 0u ? value : stage == 1u ? value + 1u : 3u * value;
        if (stage == 2u) results[32u * k + t] = value;
        else {
            await(stage, half_of, 0u);
            between[stage][half_of][t] = value;
            pass_on(stage, half_of, 1u);
        }
    }
}
