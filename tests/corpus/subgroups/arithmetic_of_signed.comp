#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Reductions and scans of signed numbers and of vectors of them.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a i32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared int all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID;
    int x = a[gl_LocalInvocationIndex];
    all_values[first + place] = x;
    barrier();
    ivec3 whole = ivec3(0, 0x7fffffff, 0x80000000), before = whole;
    for (uint k = 0u; k < gl_SubgroupSize; ++k) {
        if (k == place) before = whole;
        int y = all_values[first + k];
        whole = ivec3(whole.x + y, min(whole.y, y), max(whole.z, y));
    }
    bool right = ivec3(subgroupAdd(x), subgroupMin(x), subgroupMax(x)) == whole;
    right = right && ivec3(subgroupExclusiveAdd(x), subgroupExclusiveMin(x), subgroupExclusiveMax(x)) == before;
    right = right && subgroupAdd(ivec2(x, -x)) == ivec2(whole.x, -whole.x);
    ok[gl_LocalInvocationIndex] = uint(right && subgroupMax(ivec4(x, 1, 2, -x)).xyz == ivec3(whole.z, 1, 2));
}
