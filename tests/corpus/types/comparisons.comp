#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// All comparisons, of signed and unsigned numbers and of floats with NaN and signed zeros.
//! buffer a u32[64] bits
//! buffer f f32[64] values 0 -0.0 1 -1 3.5 0x7f800000 0xff800000 0x7fc00000
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer F { float f[]; };
layout(binding = 2) buffer R { uint result[]; };
uint bits(bvec4 v) { return uint(v.x) | uint(v.y) << 1 | uint(v.z) << 2 | uint(v.w) << 3; }
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i], y = a[(i * 5u + 1u) & 63u];
    uint r = bits(bvec4(x < y, x <= y, x > y, x >= y));
    r = r << 4 | bits(bvec4(int(x) < int(y), int(x) <= int(y), int(x) > int(y), int(x) >= int(y)));
    float p = f[i], q = f[(i >> 3) & 7u];
    r = r << 4 | bits(bvec4(p < q, p <= q, p > q, p >= q));
    r = r << 4 | bits(bvec4(p == q, !(p < q), x == y, x != y));
    vec4 v = vec4(p, q, 1.0, -1.0);
    r = r << 4 | bits(lessThan(v, v.yxwz)) ^ bits(greaterThanEqual(v, v.zwxy));
    r = r << 4 | bits(bvec4(v == v.xyzw, v != v.yxzw, all(equal(v.xy, v.yx)), any(notEqual(v, v))));
    result[i] = r << 4 | bits(bvec4((x < y) == (p < q), (x < y) != (p < q), (x < y) ^^ (p > q), isnan(p) || isinf(q)));
}
