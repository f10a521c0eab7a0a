#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of 64-bit floats that are exact.
//! needs f64
//! buffer a f64[64] random -1000 1000
//! buffer result f64[512] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { double a[]; };
layout(binding = 1) buffer R { double result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    double x = a[i];
    result[8u * i] = floor(x);
    result[8u * i + 1u] = ceil(x);
    result[8u * i + 2u] = trunc(x);
    result[8u * i + 3u] = roundEven(x);
    result[8u * i + 4u] = sign(x) * step(0.0lf, x);
    result[8u * i + 5u] = clamp(x, -100.0lf, 100.0lf);
    result[8u * i + 6u] = max(x, -x) + (isnan(x) || isinf(x) ? 1.0lf : 0.0lf);
    result[8u * i + 7u] = packDouble2x32(unpackDouble2x32(x) ^ uvec2(1u, 0u));
}
