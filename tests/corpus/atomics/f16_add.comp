#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums of 16-bit floats.
//! needs f16 storage_16 atomic_f16_add
//! buffer a f16[64] whole -8 8
//! buffer sums f16[2] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_atomic_float2 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float16_t a[]; };
layout(binding = 1) buffer S { float16_t sums[2]; };
void main() { atomicAdd(sums[0], a[gl_GlobalInvocationID.x]); }
