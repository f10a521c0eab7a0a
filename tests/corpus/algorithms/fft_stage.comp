#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One stage of a transform with twiddles of a quarter turn: whole numbers stay whole.
//! buffer a f32[128] whole -50 50
//! buffer result f32[128] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { vec2 a[64]; };
layout(binding = 1) buffer R { vec2 result[64]; };
vec2 turned(vec2 x, uint quarters) {
    switch (quarters & 3u) {
        case 0u: return x;
        case 1u: return vec2(x.y, -x.x);
        case 2u: return -x;
        default: return vec2(-x.y, x.x);
    }
}
void main() {
    uint t = gl_LocalInvocationIndex;
    vec2 v[4];
    for (uint k = 0u; k < 4u; ++k) v[k] = a[t + 16u * k];
    for (uint k = 0u; k < 4u; ++k) {
        vec2 sum = vec2(0.0);
        for (uint j = 0u; j < 4u; ++j) sum += turned(v[j], j * k);
        result[4u * t + k] = sum;
    }
}
