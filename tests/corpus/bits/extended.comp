#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Carries, borrows and the upper halves of products.
//! buffer a u32[64] bits
//! buffer b u32[64] bits
//! buffer result u32[512] zero
//! expect result by extended_arithmetic
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer B { uint b[]; };
layout(binding = 2) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, carry, borrow, high, low;
    int signed_high, signed_low;
    result[8u * i] = uaddCarry(a[i], b[i], carry);
    result[8u * i + 1u] = carry;
    result[8u * i + 2u] = usubBorrow(a[i], b[i], borrow);
    result[8u * i + 3u] = borrow;
    umulExtended(a[i], b[i], high, low);
    imulExtended(int(a[i]), int(b[i]), signed_high, signed_low);
    result[8u * i + 4u] = high;
    result[8u * i + 5u] = low;
    result[8u * i + 6u] = uint(signed_high);
    result[8u * i + 7u] = uint(signed_low);
}
