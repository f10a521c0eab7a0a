#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// asin, acos, atan of one and of two numbers in all quadrants.
//! buffer a f32[64] random -0.95 0.95
//! buffer b f32[64] random -9 9
//! buffer result f32[256] zero
//! near result 4096 0.002 atan is within 4096 ulp, asin and acos follow from it
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = vec4(asin(a[i]), acos(a[i]), atan(b[i]), atan(b[i], b[63u - i]));
}
