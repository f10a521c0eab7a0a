#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Products of matrices whose shapes differ.
//! buffer a f32[24] whole -5 5
//! buffer result f32[48] zero
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { float a[24]; };
layout(binding = 1) buffer R { float result[48]; };
void main() {
    mat2x3 m = mat2x3(a[0], a[1], a[2], a[3], a[4], a[5]);
    mat4x2 n = mat4x2(a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13]);
    mat4x3 p = m * n;
    mat3 q = mat3(a[14], a[15], a[16], a[17], a[18], a[19], a[20], a[21], a[22]);
    mat4x3 r = q * p;
    mat3x4 t = transpose(r);
    mat3 s = p * t;
    for (int c = 0; c < 4; ++c)
        for (int k = 0; k < 3; ++k) {
            result[3 * c + k] = p[c][k];
            result[12 + 3 * c + k] = r[c][k];
            result[24 + 4 * k + c] = t[k][c];
        }
    for (int c = 0; c < 3; ++c)
        for (int k = 0; k < 3; ++k) result[36 + 3 * c + k] = s[c][k];
}
