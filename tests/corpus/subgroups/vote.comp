#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// all, any and allEqual of what a slow walk over the subgroup finds.
//! needs subgroup.basic subgroup.vote
//! buffer a u32[64] whole 0 5
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_vote : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, x = a[gl_LocalInvocationIndex];
    all_values[first + gl_SubgroupInvocationID] = x;
    barrier();
    bool all_small = true, any_large = false, all_same = true;
    for (uint k = 0u; k < gl_SubgroupSize && first + k < 64u; ++k) {
        uint y = all_values[first + k];
        all_small = all_small && y < 5u;
        any_large = any_large || y == 5u;
        all_same = all_same && y == all_values[first];
    }
    bool right = subgroupAll(x < 5u) == all_small && subgroupAny(x == 5u) == any_large;
    right = right && subgroupAllEqual(x) == all_same && subgroupAllEqual(first) && subgroupAllEqual(vec2(first));
    ok[gl_LocalInvocationIndex] = uint(right);
}
