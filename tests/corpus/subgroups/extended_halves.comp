#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Operations on 16- and 64-bit floats.
//! needs subgroup.basic subgroup.arithmetic subgroup.shuffle f16 f64
//! assumes subgroup.extended_types
//! buffer a u32[64] whole 0 15
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_shader_subgroup_extended_types_float16 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
void main() {
    uint x = a[gl_LocalInvocationIndex], sum = subgroupAdd(x);
    bool right = uint(subgroupAdd(float16_t(x))) == sum && uint(subgroupAdd(double(x))) == sum;
    right = right && subgroupShuffle(f16vec2(x, 2), gl_SubgroupInvocationID ^ 3u).x ==
                         float16_t(subgroupShuffle(x, gl_SubgroupInvocationID ^ 3u));
    ok[gl_LocalInvocationIndex] = uint(right && uint(subgroupMax(float16_t(x))) == subgroupMax(x));
}
