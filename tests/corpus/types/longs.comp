#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arithmetic of 64-bit integers, signed and unsigned, which wraps.
//! needs i64
//! buffer a u64[64] bits
//! buffer b i64[64] bits
//! buffer result u64[320] zero
//! expect result by long_arithmetic
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint64_t a[]; };
layout(binding = 1) readonly buffer B { int64_t b[]; };
layout(binding = 2) buffer R { uint64_t result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint64_t x = a[i];
    int64_t y = b[i];
    result[5u * i] = x * 6364136223846793005ul + uint64_t(y);
    result[5u * i + 1u] = uint64_t(y / 1000003l - (y - y / 77l * 77l));
    result[5u * i + 2u] = uint64_t(y >> 40) ^ (x >> 33ul) | uint64_t(x << 50);
    result[5u * i + 3u] = uint64_t(max(y, -y)) - min(x, 1000000000000ul);
    result[5u * i + 4u] = x / uint64_t(i + 3u) + x % 1000000007ul;
}
