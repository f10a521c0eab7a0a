#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Inverses: a matrix times its inverse is the identity.
//! buffer a f32[64] random 0.5 1.5
//! buffer result f32[116] zero
//! near result 0 0.001 the error of inverse is not bounded by Vulkan; these matrices are well conditioned
layout(local_size_x = 4) in;
layout(binding = 0) readonly buffer A { mat4 a[4]; };
layout(binding = 1) buffer R { float result[4][29]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    mat4 m = a[i] + mat4(6.0);
    mat4 p = inverse(m);
    mat3 q = mat3(m) * inverse(mat3(m));
    mat2 r = inverse(mat2(m)) * mat2(m);
    for (int k = 0; k < 16; ++k) result[i][k] = p[k / 4][k % 4];
    for (int k = 0; k < 9; ++k) result[i][16 + k] = q[k / 3][k % 3];
    for (int k = 0; k < 4; ++k) result[i][25 + k] = r[k / 2][k % 2];
}
