#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// bitCount, bitfieldReverse, findLSB and findMSB, of zero, of all ones and of signed numbers.
//! buffer a u32[64] bits
//! buffer result i32[512] zero
//! expect result by bit_counts
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { int result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = i == 0u ? 0u : i == 1u ? 0xffffffffu : a[i] >> (i & 31u);
    int y = int(a[i]) >> int(i & 31u);
    result[8u * i] = bitCount(x);
    result[8u * i + 1u] = int(bitfieldReverse(x));
    result[8u * i + 2u] = findLSB(x);
    result[8u * i + 3u] = findMSB(x);
    result[8u * i + 4u] = findMSB(y);
    result[8u * i + 5u] = findLSB(y);
    result[8u * i + 6u] = bitCount(y);
    ivec2 v = findMSB(uvec2(x, 1u << (i & 31u)));
    result[8u * i + 7u] = v.x + v.y;
}
