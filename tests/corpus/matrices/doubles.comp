#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices of 64-bit floats with their layout.
//! needs f64
//! buffer a f64[32] whole -9 9
//! buffer result f64[32] zero
layout(local_size_x = 1) in;
layout(std430, binding = 0) readonly buffer A { dmat3x2 m; layout(row_major) dmat2x4 n; dvec3 v; dmat2 last; } a;
layout(std430, binding = 1) buffer R { dmat3x4 p; dvec2 q; dmat2 r; dmat4x2 s; } result;
void main() {
    result.p = a.n * a.m;
    result.q = a.m * a.v;
    result.r = a.last * a.last + dmat2(0.5);
    result.s = transpose(a.n);
}
