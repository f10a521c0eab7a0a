#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Infinities and NaN made and found, and zeros with signs.
//! buffer a f32[16] values 0x7f800000 0xff800000 0x7fc00000 0 -0.0 1 -1 3e38 -3e38 2 0.5 -0.5 100 -100 7 8
//! buffer result u32[128] zero
//! fails wgpu_d3d12_* made FXC knows no NaN: not (x >= 1) is x < 1
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint kind(float x) { return isnan(x) ? 3u : isinf(x) ? x > 0.0 ? 1u : 2u : 0u; }
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = a[i];
    result[8u * i] = kind(x);
    result[8u * i + 1u] = kind(x + x);
    result[8u * i + 2u] = kind(x * 2.0);
    result[8u * i + 3u] = kind(-x) + 10u * kind(abs(x));
    result[8u * i + 4u] = isnan(x) ? 7u : floatBitsToUint(-x) >> 31;
    result[8u * i + 5u] = uint(x == x) + 2u * uint(x < 1.0) + 4u * uint(!(x >= 1.0));
    result[8u * i + 6u] = uint(isnan(vec2(x, 1.0)).x) + 2u * uint(isinf(vec2(1.0, x)).y);
    result[8u * i + 7u] = uint(x > 3e38);
}
