#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// refract, also where nothing is refracted.
//! buffer a f32[128] random -1 1
//! buffer result f32[128] zero
//! near result 64 0.0001 refract follows from sqrt, products and sums
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec2 a[]; };
layout(binding = 1) buffer R { vec2 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec2 way = vec2(0.6, -0.8), normal = vec2(0.0, 1.0);
    float eta = (i & 1u) == 0u ? 0.75 + 0.25 * a[i].x : 3.0 + a[i].y;
    result[i] = refract(way, normal, eta);
}
