#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values of invocations above and below.
//! needs subgroup.basic subgroup.shuffle_relative
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle_relative : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex];
    all_values[first + place] = x;
    barrier();
    bool right = true;
    for (uint by = 1u; by < gl_SubgroupSize; by *= 2u) {
        uint up = subgroupShuffleUp(x, by), down = subgroupShuffleDown(x, by);
        if (place >= by) right = right && up == all_values[first + place - by];
        if (place + by < gl_SubgroupSize) right = right && down == all_values[first + place + by];
    }
    ok[gl_LocalInvocationIndex] = uint(right);
}
