#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arrays without a length behind addresses, of 4-byte and of 1-byte elements, and addresses computed with.
//! needs buffer_address i64 i8 storage_8
//! buffer table u64[2] addresses words bytes
//! buffer words u32[64] index
//! buffer bytes u8[64] bits
//! buffer result u32[64] zero
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference2 : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_8bit_storage : require
layout(local_size_x = 32) in;
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint at[]; };
layout(buffer_reference, std430, buffer_reference_align = 1) readonly buffer Bytes { uint8_t at[]; };
layout(binding = 0) readonly buffer T { uint64_t table[2]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_LocalInvocationIndex;
    Words words = Words(table[0]), half_way = Words(table[0] + 128ul);
    Bytes bytes = Bytes(unpackUint2x32(table[1]));
    half_way.at[i] += words.at[31u - i] * 100u;
    uvec2 pair = uvec2(half_way);
    result[i] = half_way.at[i] + uint(bytes.at[2u * i]);
    result[i + 32u] = uint(bytes.at[63u - i]) * 2u + uint(Words(pair).at[i] == half_way.at[i]);
}
