#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// and, or and xor of booleans and vectors of them.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
void main() {
    uint x = a[gl_LocalInvocationIndex];
    bool b = (x & 3u) != 0u;
    bvec2 v = notEqual(uvec2(x) & uvec2(4u, 8u), uvec2(0u));
    uint ones = subgroupAdd(uint(b)), size = subgroupAdd(1u);
    bool right = subgroupAnd(b) == (ones == size) && subgroupOr(b) == (ones > 0u) && subgroupXor(b) == ((ones & 1u) != 0u);
    uint before = subgroupExclusiveAdd(uint(b));
    right = right && subgroupExclusiveOr(b) == (before > 0u) && subgroupInclusiveXor(b) == ((before + uint(b) & 1u) != 0u);
    right = right && subgroupAnd(v) == bvec2(subgroupAnd(v.x), subgroupAnd(v.y));
    ok[gl_LocalInvocationIndex] = uint(right);
}
