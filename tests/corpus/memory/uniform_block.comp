#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A uniform buffer: std140, with arrays, a matrix and a struct.
//! buffer settings f32[40] index
//! buffer result f32[16] zero
layout(local_size_x = 4) in;
struct Range { float low, high; };
layout(binding = 0) uniform Settings {
    vec4 scale;
    float weights[4];
    mat2x3 m;
    Range range;
    ivec2 whole;
} settings;
layout(binding = 1) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec4 v = settings.scale * settings.weights[i];
    v.xyz += settings.m * vec2(1.0, i);
    v.w += settings.range.high - settings.range.low;
    if (settings.whole.x == floatBitsToInt(32.0)) v.x += 1.0;
    result[i] = v;
}
