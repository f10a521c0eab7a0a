#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 16-bit floats in memory alone, computed with as 32-bit ones.
//! needs storage_16
//! buffer a f16[128] random -100 100
//! buffer result f16[128] zero
//! buffer wide f32[128] zero
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { f16vec2 a[]; };
layout(binding = 1) buffer R { f16vec2 result[]; };
layout(binding = 2) buffer W { vec2 wide[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec2 x = vec2(a[i]);
    wide[i] = x * 0.5;
    result[i] = f16vec2(x.yx * 2.0);
}
