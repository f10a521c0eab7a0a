#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices from scalars, from vectors of mixed sizes, from smaller and larger matrices.
//! buffer a f32[8] whole -20 20
//! buffer result f32[51] zero
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { float a[8]; };
layout(binding = 1) buffer R { float result[51]; };
void main() {
    mat4 d = mat4(a[0]);
    mat3 m = mat3(a[0], vec4(a[1], a[2], a[3], a[4]), vec2(a[5], a[6]), vec2(a[7], 1.0));
    mat4 larger = mat4(m);
    mat2x3 smaller = mat2x3(d);
    mat3x4 across = mat3x4(mat2(a[1], a[2], a[3], a[4]));
    for (int k = 0; k < 16; ++k) {
        result[k] = d[k / 4][k % 4] + larger[k / 4][k % 4];
        result[16 + k] = k < 9 ? m[k / 3][k % 3] : 0.0;
    }
    for (int k = 0; k < 6; ++k) result[32 + k] = smaller[k / 3][k % 3];
    for (int k = 0; k < 12; ++k) result[38 + k] = across[k / 4][k % 4];
    result[50] = (d == mat4(a[0]) ? 1.0 : 0.0) + (larger != d ? 2.0 : 0.0);
}
