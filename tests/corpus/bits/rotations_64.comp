#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Rotations, counts and searches in 64-bit words, by 32-bit halves.
//! needs i64
//! buffer a u64[64] bits
//! buffer result u64[128] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint64_t a[]; };
layout(binding = 1) buffer R { uint64_t result[]; };
uint64_t rotated(uint64_t x, uint by) { return (x << by) | (x >> (64u - by)); }
int highest(uint64_t x) {
    uvec2 w = unpack32(x);
    return w.y != 0u ? 32 + findMSB(w.y) : findMSB(w.x);
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint64_t x = a[i] >> i;
    result[2u * i] = rotated(a[i], 1u + i % 63u) ^ rotated(a[i], 17u);
    result[2u * i + 1u] = uint64_t(highest(x)) + (uint64_t(bitCount(unpack32(x).x)) << 32);
}
