#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// .length() of runtime arrays of several strides, of sized arrays and of their dimensions.
//! buffer a u32[30] index
//! buffer b u32[34] index
//! buffer c u32[36] index
//! buffer result u32[8] zero
//! expect result 30 17 4 3 5 2 4 35
layout(local_size_x = 1) in;
struct Row { uvec3 v; uint n[9]; };
layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) readonly buffer B { uvec2 b[]; };
layout(std430, binding = 2) readonly buffer C { Row c[]; };
layout(std430, binding = 3) buffer R { uint result[8]; };
void main() {
    int grid[5][2][4];
    result[0] = a.length();
    result[1] = b.length();
    result[2] = uint(c.length()) + 1u;
    result[3] = c[0].v.length();
    result[4] = grid.length();
    result[5] = grid[0].length();
    result[6] = grid[1][1].length();
    result[7] = uint(b.length()) * 2u + 1u;
}
