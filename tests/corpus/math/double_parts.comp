#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// frexp, ldexp, modf, mix and fma of 64-bit floats.
//! needs f64
//! buffer a f64[64] random -1000 1000
//! buffer result f64[384] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { double a[]; };
layout(binding = 1) buffer R { double result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    double x = a[i], whole;
    int exponent;
    result[6u * i] = frexp(x, exponent);
    result[6u * i + 1u] = ldexp(x, 3 - exponent);
    result[6u * i + 2u] = modf(x, whole);
    result[6u * i + 3u] = whole + double(exponent);
    result[6u * i + 4u] = mix(floor(x), 64.0lf, 0.5lf) + mix(1.0lf, 2.0lf, x > 0.0lf);
    result[6u * i + 5u] = fma(floor(x), 4.0lf, 7.0lf);
}
