#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Columns and elements of matrices in buffers and variables, chosen by data.
//! buffer a f32[64] index
//! buffer result f32[64] zero
layout(local_size_x = 4) in;
layout(std430, row_major, binding = 0) readonly buffer A { mat4 a[]; };
layout(std430, binding = 1) buffer R { mat4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    mat4 m = a[i];
    for (uint k = 0u; k < 4u; ++k) {
        m[k][(k + i) & 3u] += 1000.0;
        result[i][k] = m[3u - k].wzyx;
        result[i][k][i] = a[3u - i][i][k];
    }
}
