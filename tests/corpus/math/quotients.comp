#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Division, of scalars and vectors.
//! buffer a f32[256] random 0.5 100
//! buffer result f32[320] zero
//! near result 3 0 division is within 2.5 ulp
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec4 q = a[i] / a[63u - i].wzyx;
    for (int k = 0; k < 4; ++k) result[5u * i + k] = q[k];
    result[5u * i + 4u] = 1.0 / a[i].x;
}
