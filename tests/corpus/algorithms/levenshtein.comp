#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Distances between words: a row of a table at a time, kept in a local array.
//! buffer texts u32[128] whole 0 3
//! buffer distances u32[8] zero
//! expect distances by levenshtein
layout(local_size_x = 8) in;
layout(binding = 0) readonly buffer A { uint texts[8][2][8]; };
layout(binding = 1) buffer D { uint distances[]; };
void main() {
    uint t = gl_LocalInvocationIndex;
    uint row[9];
    for (uint j = 0u; j <= 8u; ++j) row[j] = j;
    for (uint i = 0u; i < 8u; ++i) {
        uint diagonal = row[0]++;
        for (uint j = 0u; j < 8u; ++j) {
            uint above = row[j + 1u];
            uint cost = diagonal + uint(texts[t][0][i] != texts[t][1][j]);
            row[j + 1u] = min(cost, 1u + min(above, row[j]));
            diagonal = above;
        }
    }
    distances[t] = row[8];
}
