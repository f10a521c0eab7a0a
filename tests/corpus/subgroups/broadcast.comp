#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values of one invocation for all: of a constant place, of one chosen together, of the first.
//! needs subgroup.basic subgroup.ballot
//! buffer a f32[64] random -9 9
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared float all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize;
    float x = a[gl_LocalInvocationIndex];
    all_values[first + gl_SubgroupInvocationID] = x;
    barrier();
    bool right = subgroupBroadcast(x, 2u) == all_values[first + 2u] && subgroupBroadcastFirst(x) == all_values[first];
    right = right && subgroupBroadcast(vec3(x, 1.0, -x), 1u) == vec3(all_values[first + 1u], 1.0, -all_values[first + 1u]);
    for (uint k = 0u; k < gl_SubgroupSize; ++k) right = right && subgroupBroadcast(int(x), k) == int(all_values[first + k]);
    right = right && subgroupBroadcast(x > 0.0, 3u) == (all_values[first + 3u] > 0.0);
    ok[gl_LocalInvocationIndex] = uint(right);
}
