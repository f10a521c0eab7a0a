#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Between floats of 16, 32 and 64 bits and integers of other sizes; each value is exact in its type.
//! needs f16 f64 i64 i16
//! buffer a i32[64] whole -2048 2047
//! buffer result f64[512] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { double result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    int x = a[i];
    float16_t h = float16_t(x);
    double d = double(x) * 4294967296.0lf + 1.0lf;
    result[8u * i] = double(h);
    result[8u * i + 1u] = double(float(h) * 0.5);
    result[8u * i + 2u] = d;
    result[8u * i + 3u] = double(int64_t(d));
    result[8u * i + 4u] = double(uint64_t(abs(d)) >> 1);
    result[8u * i + 5u] = double(float(int64_t(d) >> 32));
    result[8u * i + 6u] = double(int16_t(h)) + double(float16_t(int16_t(x)));
    result[8u * i + 7u] = double(float(float16_t((d - 1.0lf) * 2.3283064365386963e-10lf)));
}
