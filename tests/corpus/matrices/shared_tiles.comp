#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices in shared memory, one written column by column by several invocations.
//! buffer a f32[64] index
//! buffer result f32[64] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { mat4 a[4]; };
layout(binding = 1) buffer R { mat4 result[4]; };
shared mat4 tile[4];
void main() {
    uint t = gl_LocalInvocationIndex;
    tile[t / 4u][t % 4u] = a[t / 4u][t % 4u];
    barrier();
    float x = tile[t / 4u][0][t % 4u];
    barrier();
    tile[t / 4u][3][t % 4u] += x;
    barrier();
    if (t < 4u) result[t] = tile[3u - t];
}
