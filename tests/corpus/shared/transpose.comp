#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A tile is written by rows and read by columns.
//! buffer a u32[1024] index
//! buffer result u32[1024] zero
//! scalar width u32 32
//! groups 4 4
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
layout(push_constant) uniform P { uint width; };
shared uint tile[8][9];
void main() {
    uvec2 l = gl_LocalInvocationID.xy, g = 8u * gl_WorkGroupID.xy;
    tile[l.y][l.x] = a[(g.y + l.y) * width + g.x + l.x];
    barrier();
    result[(g.x + l.y) * width + g.y + l.x] = tile[l.x][l.y];
}
