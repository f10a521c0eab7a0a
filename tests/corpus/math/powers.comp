#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// pow, as exp2 of a product with log2.
//! buffer a f32[128] random 0.25 4
//! buffer result f32[64] zero
//! near result 64 0.00001 pow is exp2(y * log2(x)), each with its error
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec2 a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = pow(a[i].x, a[i].y);
}
