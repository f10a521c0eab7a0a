#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums of 64-bit floats.
//! needs f64 atomic_f64_add
//! buffer a f64[64] whole -1000000 1000000
//! buffer sums f64[1] zero
#extension GL_EXT_shader_atomic_float : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { double a[]; };
layout(binding = 1) buffer S { double sums[1]; };
void main() { atomicAdd(sums[0], a[gl_GlobalInvocationID.x]); }
