#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// radians, degrees, smoothstep, mix.
//! buffer a f32[64] random -180 180
//! buffer result f32[256] zero
//! near result 8 0.000001 radians and degrees are products with a constant, smoothstep has a division
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = vec4(radians(a[i]), degrees(a[i]), smoothstep(-90.0, 90.0, a[i]), smoothstep(vec2(0.0), vec2(1.0), vec2(a[i])).x);
}
