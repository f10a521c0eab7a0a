#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The fault lies in a file that is included.
#extension GL_GOOGLE_include_directive : require
//! buffer values u32[64] index
//! buffer sums u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
#include "include/neighbour.glsl"
void main() {
    uint i = gl_GlobalInvocationID.x;
    sums[i] = values[i] + neighbour(i);
}
