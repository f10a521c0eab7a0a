#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// mod, dot, cross, mix, fma, reflect and faceforward of whole numbers, exact in every way.
//! buffer a f32[256] whole -12 12
//! buffer result f32[1024] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec4 x = a[i], y = a[(i + 7u) % 64u];
    result[4u * i] = vec4(dot(x, y), dot(x.xyz, y.zyx), dot(x.xy, y.xy), mod(x.x, 8.0));
    result[4u * i + 1u] = vec4(cross(x.xyz, y.xyz), mix(x.x, y.x, 0.5));
    result[4u * i + 2u] = fma(x, y, x.wzyx) + faceforward(x, y, x + 1.0);
    result[4u * i + 3u] = reflect(x, vec4(0.0, 1.0, 0.0, 0.0)) + mix(x, y, vec4(0.25, 0.5, 0.75, 1.0));
}
