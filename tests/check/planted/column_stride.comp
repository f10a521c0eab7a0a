#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A tile of 8 rows and 16 columns, indexed as if it had 16 rows.
//! buffer pixels u32[128] index
//! buffer turned u32[128] zero
layout(local_size_x = 16, local_size_y = 8) in;
layout(binding = 0) readonly buffer P { uint pixels[]; };
layout(binding = 1) writeonly buffer T { uint turned[]; };
shared uint tile[8][16];
void main() {
    uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
    tile[y][x] = pixels[16u * y + x];
    barrier();
#ifdef FAULT
    turned[8u * x + y] = tile[x][y];  // fault: out of bounds
#else
    turned[8u * x + y] = tile[y][x];
#endif
}
