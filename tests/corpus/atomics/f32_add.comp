#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums of whole 32-bit floats, exact in every order.
//! needs atomic_f32 atomic_f32_add
//! buffer a f32[256] whole -100 100
//! buffer sums f32[2] zero
//! groups 4
//! expect sums by float_totals
#extension GL_EXT_shader_atomic_float : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer S { float sums[2]; };
void main() {
    float x = a[gl_GlobalInvocationID.x];
    atomicAdd(sums[0], x);
    atomicAdd(sums[1], x * 2.0);
}
