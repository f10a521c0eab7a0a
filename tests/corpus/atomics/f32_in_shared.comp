#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums of 32-bit floats in shared memory.
//! needs shared_atomic_f32 shared_atomic_f32_add
//! buffer a f32[64] whole -100 100
//! buffer sums f32[2] zero
//! expect sums by float_totals
#extension GL_EXT_shader_atomic_float : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer S { float sums[2]; };
shared float sum;
void main() {
    if (gl_LocalInvocationIndex == 0u) atomicExchange(sum, 0.0);
    barrier();
    atomicAdd(sum, a[gl_LocalInvocationIndex]);
    barrier();
    if (gl_LocalInvocationIndex < 2u) sums[gl_LocalInvocationIndex] = sum * float(gl_LocalInvocationIndex + 1u);
}
