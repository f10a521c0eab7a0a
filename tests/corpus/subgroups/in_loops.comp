#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Invocations leave a loop one after the other; those that stay count each other.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a u32[64] whole 1 12
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, n = a[gl_LocalInvocationIndex];
    all_values[first + gl_SubgroupInvocationID] = n;
    barrier();
    bool right = true;
    for (uint round = 0u; round < n; ++round) {
        uint left = 0u;
        for (uint k = 0u; k < gl_SubgroupSize; ++k) left += uint(all_values[first + k] > round);
        right = right && subgroupAdd(1u) == left;
    }
    ok[gl_LocalInvocationIndex] = uint(right && subgroupMax(n) >= n);
}
