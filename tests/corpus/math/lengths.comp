#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// length, distance and normalize of two, three and four components, and of one.
//! buffer a f32[256] random -10 10
//! buffer result f32[768] zero
//! near result 12 0.00001 sqrt and inversesqrt of sums that may be contracted
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec4 x = a[i], y = a[63u - i];
    result[3u * i] = vec4(length(x), length(x.xyz), length(x.xy), length(x.x));
    result[3u * i + 1u] = vec4(normalize(x.xyz), distance(x, y));
    result[3u * i + 2u] = normalize(y) + vec4(distance(x.xy, y.zw), distance(x.x, y.y), normalize(x.w), normalize(x.zw).x);
}
