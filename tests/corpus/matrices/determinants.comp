#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Determinants of whole numbers, exact in every order of evaluation.
//! buffer a f32[64] whole -4 4
//! buffer result f32[12] zero
//! expect result by determinants
layout(local_size_x = 4) in;
layout(binding = 0) readonly buffer A { mat4 a[4]; };
layout(binding = 1) buffer R { float result[4][3]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i][0] = determinant(mat2(a[i]));
    result[i][1] = determinant(mat3(a[i]));
    result[i][2] = determinant(a[i]);
}
