#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions from included files, one of which is included twice.
//! buffer a i32[64] index
//! buffer result i32[64] zero
//! expect result by smoothed
#extension GL_GOOGLE_include_directive : require
#include "../include/weights.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
#include "../include/weights.glsl"
void main() {
    int i = int(gl_GlobalInvocationID.x), last = a.length() - 1;
    result[i] = weighted(a[max(i - 1, 0)], a[i], a[min(i + 1, last)]);
}
