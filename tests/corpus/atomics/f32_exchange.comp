#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 32-bit floats exchanged, loaded and stored atomically.
//! assumes atomic_f32
//! buffer a f32[64] values 3.5
//! buffer result f32[2] values 0.25
//! expect result 3.5 0.25
#extension GL_EXT_shader_atomic_float : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[2]; };
void main() { atomicExchange(result[0], a[gl_GlobalInvocationID.x]); }
