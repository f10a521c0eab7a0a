#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Row-major and column-major members and blocks, read and written by column, by element and whole.
//! buffer a f32[48] index
//! buffer result f32[48] zero
layout(local_size_x = 1) in;
layout(std430, row_major, binding = 0) readonly buffer A {
    mat3x2 m;
    layout(column_major) mat3x2 n;
    mat2x3 list[2];
    mat4 big;
} a;
layout(std430, binding = 1) buffer R {
    layout(row_major) mat3x2 m;
    mat3x2 n;
    mat2x3 list[2];
    layout(row_major) mat4 big;
} result;
void main() {
    result.m = a.n;
    result.n = a.m;
    result.n[1] = a.m[2] + 100.0;
    result.n[0].y = a.n[2][0];
    result.list = a.list;
    result.list[1][1] = a.list[0][1];
    result.big = a.big;
    result.big[2] = a.big[1];
    result.big[3].xz = a.big[0].wy;
}
