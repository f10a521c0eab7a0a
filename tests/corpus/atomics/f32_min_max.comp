#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The smallest and the largest 32-bit float.
//! needs atomic_f32_min_max
//! buffer a f32[128] random -100 100
//! buffer ends f32[2] zero
//! groups 2
#extension GL_EXT_shader_atomic_float2 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer E { float ends[2]; };
void main() {
    atomicMin(ends[0], a[gl_GlobalInvocationID.x]);
    atomicMax(ends[1], a[gl_GlobalInvocationID.x]);
}
