#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// abs, sign, min, max, clamp of integers at their ends, of vectors of each length.
//! buffer a i32[64] values -2147483647 2147483647 0 -1 1 100 -100 65536
//! buffer result i32[512] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { ivec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    ivec4 v = ivec4(a[i], a[63u - i], -a[i], a[(i * 5u) & 63u]);
    result[2u * i] = abs(v) - sign(v.wzyx) + max(v, v.yxwz);
    result[2u * i + 1u] = clamp(v, ivec4(-50), ivec4(50)) + min(v, 7) + ivec4(max(uvec2(v.xy), 9u), min(uvec2(v.zw), uvec2(9u)));
}
