#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices of 16-bit floats, with and without padding between columns.
//! needs f16 storage_16
//! buffer a f16[48] whole -8 8
//! buffer result f16[48] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 1) in;
layout(std430, binding = 0) readonly buffer A { f16mat3 m; f16mat2x4 n; layout(row_major) f16mat4x2 p; } a;
layout(std430, binding = 1) buffer R { f16mat3 m; f16mat2 n; f16mat4 p; } result;
void main() {
    result.m = a.m * a.m;
    result.n = a.p * a.n;
    result.p = transpose(a.p) * transpose(a.n);
}
