#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Exchange among four invocations that follow each other.
//! needs subgroup.basic subgroup.quad
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_quad : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint at = gl_SubgroupID * gl_SubgroupSize + gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex];
    all_values[at] = x;
    barrier();
    bool right = subgroupQuadSwapHorizontal(x) == all_values[at ^ 1u];
    right = right && subgroupQuadSwapVertical(x) == all_values[at ^ 2u] && subgroupQuadSwapDiagonal(x) == all_values[at ^ 3u];
    right = right && subgroupQuadBroadcast(x, 0u) == all_values[at & ~3u] && subgroupQuadBroadcast(x, 3u) == all_values[at | 3u];
    ok[gl_LocalInvocationIndex] = uint(right && subgroupQuadSwapHorizontal(vec2(at, 1.0)) == vec2(at ^ 1u, 1.0));
}
