#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotients, roots and logarithms of 16-bit floats.
//! needs f16 storage_16
//! buffer a f16[64] random 1.5 60
//! buffer result f16[256] zero
//! near result 4 0.01 division, inversesqrt, log2 and exp2 of 16-bit floats
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float16_t a[]; };
layout(binding = 1) buffer R { float16_t result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[4u * i] = 1.0hf / a[i];
    result[4u * i + 1u] = inversesqrt(a[i]);
    result[4u * i + 2u] = log2(a[i]);
    result[4u * i + 3u] = exp2(a[i] * -0.0625hf);
}
