#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A convolution of 3x3 taps over an image in shared memory with a border.
//! buffer image f32[256] whole -5 5
//! buffer weights f32[9] values 1 2 1 2 4 2 1 2 1
//! buffer result f32[256] zero
//! groups 2 2
//! expect result by convolution
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) readonly buffer A { float image[256]; };
layout(binding = 1) readonly buffer W { float weights[9]; };
layout(binding = 2) buffer R { float result[256]; };
shared float tile[10][10];
float pixel(ivec2 at) {
    return at.x < 0 || at.y < 0 || at.x > 15 || at.y > 15 ? 0.0 : image[16 * at.y + at.x];
}
void main() {
    ivec2 corner = 8 * ivec2(gl_WorkGroupID.xy) - 1, l = ivec2(gl_LocalInvocationID.xy);
    for (int k = int(gl_LocalInvocationIndex); k < 100; k += 64) tile[k / 10][k % 10] = pixel(corner + ivec2(k % 10, k / 10));
    barrier();
    float sum = 0.0;
    for (int k = 0; k < 9; ++k) sum += weights[k] * tile[l.y + k / 3][l.x + k % 3];
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    result[16 * at.y + at.x] = sum;
}
