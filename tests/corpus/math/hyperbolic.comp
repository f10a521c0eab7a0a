#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// sinh, cosh, tanh and their inverses.
//! buffer a f32[64] random -2 2
//! buffer result f32[384] zero
//! near result 256 0.0001 they follow from exp and log
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = a[i];
    result[6u * i] = sinh(x);
    result[6u * i + 1u] = cosh(x);
    result[6u * i + 2u] = tanh(x);
    result[6u * i + 3u] = asinh(x);
    result[6u * i + 4u] = acosh(abs(x) + 1.5);
    result[6u * i + 5u] = atanh(x * 0.4);
}
