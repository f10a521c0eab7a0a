#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Two dimensions of a shared array and its row size come from constants, one of them left alone.
//! buffer a f32[64] index
//! buffer result f32[64] zero
//! constant 0 8
//! expect result by transposed_by_eight
layout(local_size_x = 64) in;
layout(constant_id = 0) const int rows = 2;
layout(constant_id = 1) const int padding = 1;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
shared float tile[rows][rows + padding];
void main() {
    int t = int(gl_LocalInvocationIndex);
    tile[t / rows][t % rows] = a[t];
    barrier();
    result[t] = tile[t % rows][t / rows];
}
