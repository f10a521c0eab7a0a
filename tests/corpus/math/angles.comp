#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// sin, cos and tan.
//! buffer a f32[64] random -3 3
//! buffer result f32[192] zero
//! near result 0 0.0005 sin and cos are within 2^-11 between -pi and pi
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { vec2 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = vec2(sin(a[i]), cos(a[i]));
    if (i < 32u) result[64u + i] = vec2(sin(a[i] * 0.5), cos(a[i] + 0.125));
}
