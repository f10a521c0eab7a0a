#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A write of a vector of three leaves the word behind it alone.
//! buffer a f32[64] index
//! buffer result f32[64] values -7
layout(local_size_x = 16) in;
layout(std430, binding = 0) readonly buffer A { vec3 a[]; };
layout(std430, binding = 1) buffer R { vec3 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = a[i] * 2.0;
}
//! expect result 0 2 4 -7 8 10 12 -7 16 18 20 -7 24 26 28 -7 32 34 36 -7 40 42 44 -7 48 50 52 -7 56 58 60 -7 64 66 68 -7 72 74 76 -7 80 82 84 -7 88 90 92 -7 96 98 100 -7 104 106 108 -7 112 114 116 -7 120 122 124 -7
