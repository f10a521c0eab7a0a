#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes in a uniform buffer and in push constants, between wider members.
//! needs i8 storage_8 uniform_8 scalar_8
//! buffer settings u8[64] bits
//! buffer result u8[64] zero
//! scalar low u8 3
//! scalar pair u8x2 250 7
//! scalar wide u32 66000
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_8bit_storage : require
layout(local_size_x = 16) in;
layout(std140, binding = 0) uniform S { uint8_t first; u8vec4 v; uint8_t list[2]; uint word; } settings;
layout(binding = 1) buffer R { uint8_t result[]; };
layout(push_constant) uniform P { uint8_t low; u8vec2 pair; uint wide; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint8_t x = settings.first + settings.v[i & 3u] * low;
    result[4u * i] = x ^ settings.list[i & 1u];
    result[4u * i + 1u] = pair[i & 1u] - uint8_t(wide >> (i & 15u));
    result[4u * i + 2u] = uint8_t(settings.word >> (8u * (i & 3u)));
    result[4u * i + 3u] = uint8_t(int(int8_t(x)) >> 1);
}
