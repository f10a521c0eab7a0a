#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// any, all, not and comparisons component by component.
//! buffer a i32[256] whole 0 3
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { ivec4 a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    ivec4 x = a[i], y = a[(i + 1u) & 63u];
    uint r = uint(any(lessThan(x, y)));
    r = 2u * r + uint(all(lessThanEqual(x.xyz, y.xyz)));
    r = 2u * r + uint(any(equal(x.xy, y.yx)));
    r = 2u * r + uint(all(notEqual(x, y.wzyx)));
    r = 2u * r + uint(any(not(greaterThan(uvec3(x.xyz), uvec3(y.zzz)))));
    bvec4 b = greaterThanEqual(vec4(x), vec4(y)), c = not(b);
    r = 2u * r + uint(b == bvec4(true, b.yzw));
    r = 16u * r + uint(dot(vec4(c), vec4(1.0, 2.0, 4.0, 8.0)));
    result[i] = r + uint(all(equal(b, not(c)))) * 4096u;
}
