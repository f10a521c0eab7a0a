#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Row-major structs within structs and arrays, in std140, std430 and uniform blocks.
//! buffer u f32[48] index
//! buffer a f32[48] index
//! buffer result f32[48] zero
layout(local_size_x = 1) in;
struct Inner { mat2 m; float x; };
struct Outer { Inner parts[2]; mat3x2 n; };
layout(std140, row_major, binding = 0) uniform U { Outer o; } u;
layout(std430, row_major, binding = 1) readonly buffer A { Outer o; } a;
layout(std430, column_major, binding = 2) buffer R { Outer o; Outer p; } result;
void main() {
    result.o = u.o;
    result.p = a.o;
    result.p.parts[1].m[0] = u.o.parts[0].m[1];
    result.p.n[2][1] = a.o.n[1].x;
}
