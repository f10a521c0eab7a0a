#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A scan of the subgroup by doubling steps of relative shuffles.
//! needs subgroup.basic subgroup.arithmetic subgroup.shuffle_relative
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle_relative : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
void main() {
    uint x = a[gl_LocalInvocationIndex], sum = x;
    for (uint by = 1u; by < gl_SubgroupSize; by *= 2u) {
        uint below = subgroupShuffleUp(sum, by);
        if (gl_SubgroupInvocationID >= by) sum += below;
    }
    ok[gl_LocalInvocationIndex] = uint(sum == subgroupInclusiveAdd(x));
}
