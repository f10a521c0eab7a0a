#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of 16-bit floats that are exact.
//! needs f16 storage_16
//! buffer a f16[64] random -60 60
//! buffer result f16[512] zero
//! fails wgpu_d3d12_* made the sign of a zero is lost, by FXC as it seems
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float16_t a[]; };
layout(binding = 1) buffer R { f16vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float16_t x = a[i], y = a[63u - i], whole;
    int exponent;
    result[2u * i] = f16vec4(floor(x), ceil(x), trunc(y), roundEven(x)) + f16vec4(sign(y));
    result[2u * i + 1u] = f16vec4(min(x, y), clamp(x, -7.0hf, 9.0hf), modf(x, whole), frexp(y, exponent));
    result[2u * i + 1u].x += whole * 0.0hf;
    result[2u * i].y = mix(x, y, x > y) + float16_t(exponent) * 0.0hf;
}
