#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic of 16-bit integers, signed and unsigned, which wraps.
//! needs i16 storage_16
//! buffer a u16[64] bits
//! buffer b i16[64] bits
//! buffer result u16[256] zero
//! expect result by short_arithmetic
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint16_t a[]; };
layout(binding = 1) readonly buffer B { int16_t b[]; };
layout(binding = 2) buffer R { uint16_t result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint16_t x = a[i];
    int16_t y = b[i];
    result[4u * i] = x * 771us + uint16_t(y);
    result[4u * i + 1u] = uint16_t(y / 30s - (y - y / 7s * 7s));
    result[4u * i + 2u] = uint16_t(y >> 4) ^ (x >> 3us) | uint16_t(x << 11);
    result[4u * i + 3u] = uint16_t(max(y, int16_t(-x))) - min(x, 1000us);
}
