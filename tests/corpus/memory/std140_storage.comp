#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The same types in std140: each element of an array begins at a multiple of 16 bytes.
//! buffer a f32[64] index
//! buffer result f32[64] zero
layout(local_size_x = 1) in;
struct Inner { float x; vec2 v; };
layout(std140, binding = 0) readonly buffer A {
    float first;
    float list[3];
    Inner inner[2];
    vec3 v;
    float behind_v;
    mat2 m;
    vec2 pairs[2];
} a;
layout(std140, binding = 1) buffer R {
    float first;
    float list[3];
    Inner inner[2];
    vec3 v;
    float behind_v;
    mat2 m;
    vec2 pairs[2];
} result;
void main() {
    result.first = a.first + a.behind_v;
    for (int k = 0; k < 3; ++k) result.list[k] = a.list[2 - k];
    result.inner[0] = a.inner[1];
    result.inner[1].v = a.inner[0].v.yx;
    result.inner[1].x = a.inner[0].x;
    result.v = a.v.yzx;
    result.behind_v = a.list[1];
    result.m = a.m;
    result.m[1].x = a.pairs[1].y;
    result.pairs = a.pairs;
}
