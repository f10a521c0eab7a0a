#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of every shape with vectors of both sides; whole numbers, so that sums are exact.
//! buffer a f32[32] whole -9 9
//! buffer result f32[63] zero
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { float a[32]; };
layout(binding = 1) buffer R { float result[63]; };
int at = 0;
void put(vec2 v) { for (int k = 0; k < 2; ++k) result[at++] = v[k]; }
void put(vec3 v) { for (int k = 0; k < 3; ++k) result[at++] = v[k]; }
void put(vec4 v) { for (int k = 0; k < 4; ++k) result[at++] = v[k]; }
void main() {
    vec2 u = vec2(a[0], a[1]);
    vec3 v = vec3(a[2], a[3], a[4]);
    vec4 w = vec4(a[5], a[6], a[7], a[8]);
    mat2 m22 = mat2(u, v.xy);
    mat2x3 m23 = mat2x3(v, w.xyz);
    mat2x4 m24 = mat2x4(w, w.wzyx);
    mat3x2 m32 = mat3x2(u, v.yz, w.xy);
    mat3 m33 = mat3(v, w.yzw, v.zyx);
    mat3x4 m34 = mat3x4(w, w.yyxx, vec4(v, 1.0));
    mat4x2 m42 = mat4x2(u, u.yx, v.xz, w.zw);
    mat4x3 m43 = mat4x3(v, v.yyx, w.xyz, w.wwx);
    mat4 m44 = mat4(w, w.yxwz, vec4(u, u), vec4(v, 2.0));
    put(m22 * u); put(u * m22); put(m23 * u); put(v * m23); put(m24 * u); put(w * m24);
    put(m32 * v); put(u * m32); put(m33 * v); put(v * m33); put(m34 * v); put(w * m34);
    put(m42 * w); put(u * m42); put(m43 * w); put(v * m43); put(m44 * w); put(w * m44);
    put(m22[1]); put(m34[2].xyz + m43[3]); put(vec4(m33[0], m24[1].w));
}
