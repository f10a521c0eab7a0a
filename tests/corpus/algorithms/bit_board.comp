#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Solutions of the queens' puzzle below each first row, by backtracking with a stack of its own.
//! buffer solutions u32[8] zero
//! expect solutions 4 8 16 18 18 16 8 4
layout(local_size_x = 8) in;
layout(binding = 0) buffer S { uint solutions[]; };
void main() {
    uint stack[9][4];
    uint first = 1u << gl_LocalInvocationIndex, count = 0u;
    int depth = 0;
    stack[0] = uint[4](first, first << 1, first >> 1, 0u);
    stack[0][3] = ~(stack[0][0] | stack[0][1] | stack[0][2]) & 255u;
    while (depth >= 0) {
        uint free = stack[depth][3];
        if (free == 0u) {
            --depth;
            continue;
        }
        uint bit = free & -free;
        stack[depth][3] ^= bit;
        if (depth == 6) {
            ++count;
            continue;
        }
        uint columns = stack[depth][0] | bit, left = (stack[depth][1] | bit) << 1, right = (stack[depth][2] | bit) >> 1;
        ++depth;
        stack[depth] = uint[4](columns, left, right, ~(columns | left | right) & 255u);
    }
    solutions[gl_LocalInvocationIndex] = count;
}
