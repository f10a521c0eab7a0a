#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Operations on 8-, 16- and 64-bit integers.
//! needs subgroup.basic subgroup.arithmetic subgroup.shuffle i8 i16 i64
//! assumes subgroup.extended_types
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_shader_subgroup_extended_types_int8 : require
#extension GL_EXT_shader_subgroup_extended_types_int16 : require
#extension GL_EXT_shader_subgroup_extended_types_int64 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
void main() {
    uint x = a[gl_LocalInvocationIndex];
    uint sum = subgroupAdd(x), other = subgroupShuffle(x, gl_SubgroupInvocationID ^ 1u);
    bool right = uint(subgroupAdd(uint8_t(x))) == (sum & 255u) && uint(subgroupAdd(uint16_t(x))) == (sum & 65535u);
    right = right && uint(subgroupAdd(uint64_t(x))) == sum && subgroupMax(int64_t(x)) == int64_t(subgroupMax(x));
    right = right && subgroupShuffle(int16_t(x), gl_SubgroupInvocationID ^ 1u) == int16_t(other);
    ok[gl_LocalInvocationIndex] = uint(right && subgroupMin(int8_t(x & 127u)) == int8_t(subgroupMin(x & 127u)));
}
