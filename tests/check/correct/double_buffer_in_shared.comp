#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Two tiles: while one is used the next is filled, with one barrier for each round.
//! buffer values u32[512] index
//! buffer sums u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
shared uint tiles[2][64];
void main() {
    uint t = gl_LocalInvocationIndex, sum = 0u;
    tiles[0][t] = values[t];
    for (uint k = 0u; k < 8u; ++k) {
        barrier();
        if (k + 1u < 8u) tiles[(k + 1u) % 2u][t] = values[64u * (k + 1u) + t];
        sum += tiles[k % 2u][63u - t] + tiles[k % 2u][t ^ 1u];
    }
    sums[t] = sum;
}
