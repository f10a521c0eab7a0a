#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sorts by 4 bits at a time: counts, their scan, and places that keep the order of equal digits.
//! buffer keys u32[256] bits
//! expect keys by sorted
layout(local_size_x = 64) in;
layout(binding = 0) buffer K { uint keys[256]; };
shared uint tile[2][256];
shared uint counts[16][64];
void main() {
    uint t = gl_LocalInvocationIndex;
    for (uint k = 0u; k < 4u; ++k) tile[0][4u * t + k] = keys[4u * t + k];
    for (uint pass = 0u; pass < 8u; ++pass) {
        uint from = pass & 1u, shift = 4u * pass;
        for (uint d = 0u; d < 16u; ++d) counts[d][t] = 0u;
        barrier();
        for (uint k = 0u; k < 4u; ++k) counts[tile[from][4u * t + k] >> shift & 15u][t]++;
        barrier();
        if (t == 0u) {
            uint sum = 0u;
            for (uint d = 0u; d < 16u; ++d)
                for (uint j = 0u; j < 64u; ++j) {
                    uint n = counts[d][j];
                    counts[d][j] = sum;
                    sum += n;
                }
        }
        barrier();
        for (uint k = 0u; k < 4u; ++k) {
            uint key = tile[from][4u * t + k], digit = key >> shift & 15u;
            tile[1u - from][counts[digit][t]++] = key;
        }
        barrier();
    }
    for (uint k = 0u; k < 4u; ++k) keys[4u * t + k] = tile[0][4u * t + k];
}
