#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Push constants of many types, in one block with an explicit offset.
//! buffer result f32[16] zero
//! scalar n u32 3
//! scalar v f32x4 1 2 3 4
//! scalar k i32x2 -5 6
//! scalar m f32[4] 10 20 30 40
//! expect result 3 1 2 3 4 -5 6 10 20 30 40 70 130 0 0 0
//! fails wgpu_d3d12_* made the fault of FXC or of the vkd3d below Wine 8; the HLSL is right
layout(local_size_x = 1) in;
layout(push_constant) uniform Given {
    uint n;
    layout(offset = 16) vec4 v;
    ivec2 k;
    mat2 m;
} given;
layout(binding = 0) buffer R { float result[16]; };
void main() {
    result[0] = float(given.n);
    for (int j = 0; j < 4; ++j) result[1 + j] = given.v[j];
    result[5] = float(given.k.x);
    result[6] = float(given.k.y);
    for (int j = 0; j < 4; ++j) result[7 + j] = given.m[j / 2][j % 2];
    vec2 product = given.m * vec2(1.0, 2.0);
    result[11] = product.x;
    result[12] = product.y + given.v.x * 10.0 + float(given.n) * 5.0 - 15.0 + 20.0 - 10.0 + 10.0;
}
