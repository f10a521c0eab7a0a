#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotients and roots of 64-bit floats.
//! needs f64
//! buffer a f64[64] random 0.5 1000
//! buffer result f64[128] zero
//! near result 4 0 division and square roots
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { double a[]; };
layout(binding = 1) buffer R { double result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[2u * i] = 1.0lf / a[i];
    result[2u * i + 1u] = sqrt(a[i]);
}
