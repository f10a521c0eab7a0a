#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Between integers of 8 to 64 bits: cut off, extended by zeros and by signs.
//! needs i8 i16 i64
//! buffer a u64[64] bits
//! buffer result u64[512] zero
//! expect result by integer_conversions
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint64_t a[]; };
layout(binding = 1) buffer R { uint64_t result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint64_t x = a[i];
    result[8u * i] = uint64_t(uint8_t(x));
    result[8u * i + 1u] = uint64_t(int64_t(int8_t(x)));
    result[8u * i + 2u] = uint64_t(int(int16_t(int8_t(x))));
    result[8u * i + 3u] = uint64_t(uint(uint16_t(x)));
    result[8u * i + 4u] = uint64_t(int(uint8_t(int16_t(x))));
    result[8u * i + 5u] = uint64_t(int64_t(int(x)));
    result[8u * i + 6u] = uint64_t(uint16_t(int8_t(uint(x))));
    result[8u * i + 7u] = uint64_t(uint(int(int8_t(x >> 8))));
}
