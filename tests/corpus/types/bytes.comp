#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic of 8-bit integers, signed and unsigned, which wraps.
//! needs i8 storage_8
//! buffer a u8[64] bits
//! buffer b i8[64] bits
//! buffer result u8[256] zero
//! fails vulkan_nvidia* made 580.159.04 takes -(-128) of a byte for 128
//! fails vulkan_nvidia* size 580.159.04 takes -(-128) of a byte for 128
//! fails vulkan_nvidia* speed 580.159.04 takes -(-128) of a byte for 128
//! expect result by byte_arithmetic
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_8bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint8_t a[]; };
layout(binding = 1) readonly buffer B { int8_t b[]; };
layout(binding = 2) buffer R { uint8_t result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint8_t x = a[i];
    int8_t y = b[i];
    result[4u * i] = x * uint8_t(7) + uint8_t(y);
    result[4u * i + 1u] = uint8_t(y / int8_t(3) - (y - y / int8_t(5) * int8_t(5)));
    result[4u * i + 2u] = uint8_t(y >> 2) ^ (x >> uint8_t(3)) | uint8_t(x << 5);
    result[4u * i + 3u] = uint8_t(max(y, int8_t(-x))) - min(x, uint8_t(100));
}
