#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotients, remainders and shifts of 32-bit integers, and products that wrap.
//! buffer a i32[64] bits
//! buffer b u32[64] bits
//! buffer result u32[512] zero
//! expect result by word_arithmetic
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) readonly buffer B { uint b[]; };
layout(binding = 2) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, y = b[i], by = (y >> 20) + 1u;
    int x = a[i];
    result[8u * i] = uint(x * x) + y * 2654435761u;
    result[8u * i + 1u] = y / by;
    result[8u * i + 2u] = y % by;
    result[8u * i + 3u] = uint(x / int(by));
    result[8u * i + 4u] = uint(abs(x) % int(by));
    result[8u * i + 5u] = uint(x >> (y & 31u)) ^ y << (y >> 27);
    result[8u * i + 6u] = uint(-x) + ~y + uint(sign(x));
    result[8u * i + 7u] = y >> (by & 31u);
}
