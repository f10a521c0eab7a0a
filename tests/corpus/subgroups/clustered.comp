#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Reductions of clusters of two and of four.
//! needs subgroup.basic subgroup.clustered
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_clustered : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint at = gl_SubgroupID * gl_SubgroupSize + gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex];
    all_values[at] = x;
    barrier();
    uint y = all_values[at ^ 1u], z = all_values[at ^ 2u], w = all_values[at ^ 3u];
    bool right = subgroupClusteredAdd(x, 2u) == x + y && subgroupClusteredAdd(x, 4u) == x + y + z + w;
    right = right && subgroupClusteredMul(x, 4u) == x * y * z * w && subgroupClusteredMin(x, 4u) == min(min(x, y), min(z, w));
    right = right && subgroupClusteredMax(int(x), 2u) == max(int(x), int(y)) && subgroupClusteredAnd(x, 4u) == (x & y & z & w);
    right = right && subgroupClusteredOr(x, 2u) == (x | y) && subgroupClusteredXor(x, 4u) == (x ^ y ^ z ^ w);
    ok[gl_LocalInvocationIndex] = uint(right && subgroupClusteredAdd(vec2(x & 7u, 1.0), 4u) ==
                                       vec2((x & 7u) + (y & 7u) + (z & 7u) + (w & 7u), 4.0));
}
