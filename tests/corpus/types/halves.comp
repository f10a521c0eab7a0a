#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 16-bit floats: sums, products, comparisons; all results are exact.
//! needs f16 storage_16
//! buffer a f16[64] whole -16 16
//! buffer b f16[64] whole -16 16
//! buffer result f16[256] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float16_t a[]; };
layout(binding = 1) readonly buffer B { float16_t b[]; };
layout(binding = 2) buffer R { f16vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float16_t x = a[i], y = b[i];
    result[i].x = x * y + 0.5hf;
    result[i].y = x < y ? abs(x) : -y;
    result[i].zw = f16vec2(max(x, y), floor(x * 0.25hf) - fract(y * 0.5hf));
}
