#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Variables and shared memory that begin as zero.
//! buffer result u32[64] values 9
//! expect result 0
#extension GL_EXT_null_initializer : require
layout(local_size_x = 64) in;
layout(binding = 0) buffer R { uint result[]; };
struct Parts { uvec3 v; uint n[5]; };
void main() {
    uint i = gl_LocalInvocationIndex;
    Parts p = {};
    uint list[7] = {};
    mat2 m = {};
    uint r = p.v.x + p.v.z + list[i % 7u] + uint(m[0].x + m[1].y);
    for (int k = 0; k < 5; ++k) r += p.n[k];
    result[i] = r;
}
