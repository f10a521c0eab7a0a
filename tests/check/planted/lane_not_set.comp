#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Only three lanes of a vector are given.
//! buffer colors f32[64] random 0 1
//! buffer lightness f32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer C { vec4 colors[]; };
layout(binding = 1) writeonly buffer L { float lightness[]; };
void main() {
    vec4 color;
    color.x = colors[gl_LocalInvocationID.x].x;
    color.y = colors[gl_LocalInvocationID.x].y;
    color.z = colors[gl_LocalInvocationID.x].z;
#ifndef FAULT
    color.w = 0.0;
#endif
    lightness[gl_LocalInvocationID.x] = color.x + color.w;  // fault: uninitialized
}
