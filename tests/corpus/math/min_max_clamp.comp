#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// min, max, clamp, step and mix by a boolean, of floats and of integers.
//! buffer a f32[64] whole -50 50
//! buffer b f32[64] whole -50 50
//! buffer result f32[768] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = a[i], y = b[i];
    int m = int(x), n = int(y);
    vec4 v = vec4(x, y, -x, -y);
    result[3u * i] = vec4(min(x, y), max(x, y), clamp(x, -20.0, 20.0), step(y, x));
    result[3u * i + 1u] = min(v, v.yzwx) + max(v, 3.0) + clamp(v, vec4(-9.0), vec4(9.0)) + mix(v, v.wxyz, lessThan(v, vec4(1.0)));
    result[3u * i + 2u] = vec4(min(m, n), max(uint(m), uint(n)) >> 8, clamp(n, -7, 7), clamp(uint(abs(m)), 5u, 11u));
}
