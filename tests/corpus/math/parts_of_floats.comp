#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// modf, frexp and ldexp, with their results through parameters.
//! buffer a f32[64] random -1000 1000
//! buffer result f32[512] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = a[i], whole;
    int exponent;
    result[8u * i] = modf(x, whole);
    result[8u * i + 1u] = whole;
    result[8u * i + 2u] = frexp(x, exponent);
    result[8u * i + 3u] = float(exponent);
    result[8u * i + 4u] = ldexp(x, 5);
    result[8u * i + 5u] = ldexp(x, -exponent);
    vec2 both;
    ivec2 exponents;
    result[8u * i + 6u] = modf(vec2(x, -x), both).y + both.x;
    result[8u * i + 7u] = frexp(vec2(4.0, x), exponents).x + float(exponents.x - exponents.y);
}
