#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A product of matrices through tiles in shared memory; whole numbers, so that every order of sums is exact.
//! buffer a f32[1024] whole -8 8
//! buffer b f32[1024] whole -8 8
//! buffer c f32[1024] zero
//! scalar n u32 32
//! groups 4 4
//! expect c by matrix_product
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) writeonly buffer C { float c[]; };
layout(push_constant) uniform Sizes { uint n; };
shared float tile_a[8][8], tile_b[8][8];
void main() {
    uvec2 at = gl_GlobalInvocationID.xy, in_tile = gl_LocalInvocationID.xy;
    float sum = 0.0;
    for (uint k = 0u; k < n; k += 8u) {
        tile_a[in_tile.y][in_tile.x] = a[at.y * n + k + in_tile.x];
        tile_b[in_tile.y][in_tile.x] = b[(k + in_tile.y) * n + at.x];
        barrier();
        for (uint j = 0u; j < 8u; ++j) sum += tile_a[in_tile.y][j] * tile_b[j][in_tile.x];
        barrier();
    }
    c[at.y * n + at.x] = sum;
}
