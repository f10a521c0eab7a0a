#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// floor, ceil, trunc, roundEven, fract and sign; round where no fraction is a half.
//! buffer a f32[64] random -100 100
//! buffer edges f32[16] values 0 -0.0 0.5 -0.5 1.5 -1.5 2.5 -2.5 8388608 -8388609 0.99999994 1 -1 1000000 0.25 -0.75
//! buffer result f32[640] zero
layout(local_size_x = 80) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer E { float edges[]; };
layout(binding = 2) buffer R { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = i < 64u ? a[i] : edges[i - 64u];
    result[8u * i] = floor(x);
    result[8u * i + 1u] = ceil(x);
    result[8u * i + 2u] = trunc(x);
    result[8u * i + 3u] = roundEven(x);
    result[8u * i + 4u] = fract(x);
    result[8u * i + 5u] = sign(x) + 0.0;
    result[8u * i + 6u] = i < 64u ? round(x) : abs(x);
    result[8u * i + 7u] = float(abs(int(x)) + sign(int(x)) * 1000);
}
