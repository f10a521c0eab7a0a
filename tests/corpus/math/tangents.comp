#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// tan, a quotient of sine and cosine.
//! buffer a f32[64] random -1 1
//! buffer result f32[64] zero
//! near result 0 0.005 tan is sin over cos, within 2^-11 each
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = tan(a[i]);
}
