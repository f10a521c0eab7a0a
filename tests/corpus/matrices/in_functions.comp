#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices as parameters, by value and by reference, and as results.
//! buffer a f32[16] index
//! buffer result f32[32] zero
layout(local_size_x = 2) in;
layout(binding = 0) buffer A { mat2 a[]; };
layout(binding = 1) buffer R { mat2x4 result[]; };
mat2 turned(mat2 m) { return mat2(m[1], m[0]); }
void scale_column(inout mat2 m, int column, float by) { m[column] *= by; }
mat2x4 stacked(mat2 low, mat2 high) { return mat2x4(vec4(low[0], high[0]), vec4(low[1], high[1])); }
void main() {
    uint i = gl_GlobalInvocationID.x;
    mat2 m = turned(a[i]);
    scale_column(m, int(i), 10.0);
    scale_column(a[i + 2u], 1, 3.0);
    result[i] = stacked(m, a[i + 2u]);
    result[i + 2u] = stacked(turned(m), turned(a[i]));
}
