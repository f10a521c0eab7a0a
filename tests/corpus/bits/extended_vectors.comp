#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The same of vectors; a sum of 128 bits in four words.
//! buffer a u32[256] bits
//! buffer result u32[256] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer A { uvec4 a[]; };
layout(binding = 1) buffer R { uvec4 result[]; };
uvec4 sum(uvec4 x, uvec4 y) {
    uvec4 carries;
    uvec4 s = uaddCarry(x, y, carries);
    for (int k = 1; k < 4; ++k) {
        uint more = carries[k - 1], c;
        s[k] = uaddCarry(s[k], more, c);
        carries[k] += c;
    }
    return s;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    uvec4 high, low, borrow;
    umulExtended(a[i], a[i].wzyx, high, low);
    ivec2 signed_high, signed_low;
    imulExtended(ivec2(a[i].xy), ivec2(a[i].zw), signed_high, signed_low);
    result[2u * i] = sum(a[i], high) ^ usubBorrow(low, a[i], borrow);
    result[2u * i + 1u] = borrow + uvec4(signed_high, signed_low);
}
