#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A tile is turned, and read before all of it is there.
//! buffer pixels u32[512] index
//! buffer turned u32[512] zero
//! groups 2
layout(local_size_x = 16, local_size_y = 16) in;
layout(binding = 0) readonly buffer P { uint pixels[]; };
layout(binding = 1) writeonly buffer T { uint turned[]; };
shared uint tile[16][17];
void main() {
    uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y, base = 256u * gl_WorkGroupID.x;
    tile[y][x] = pixels[base + 16u * y + x];
#ifndef FAULT
    barrier();
#endif
    turned[base + 16u * y + x] = tile[x][y];  // fault: data race
}
