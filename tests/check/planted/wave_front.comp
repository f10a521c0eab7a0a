#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Dynamic programming by diagonals: the diagonal before is needed, and the barrier is left out on every second one.
//! buffer table u32[1024] zero
layout(local_size_x = 32) in;
layout(binding = 0) buffer T { uint table[]; };
void main() {
    uint row = gl_LocalInvocationID.x;
    for (uint d = 0u; d < 63u; ++d) {
        if (d >= row && d - row < 32u) {
            uint column = d - row;
            uint up = row > 0u ? table[32u * (row - 1u) + column] : 0u;  // subtle fault: data race
            uint left = column > 0u ? table[32u * row + column - 1u] : 0u;
            table[32u * row + column] = max(up, left) + (row ^ column) % 3u;
        }
#ifdef FAULT
        if (d % 2u == 0u) memoryBarrierBuffer();
#else
        memoryBarrierBuffer();
#endif
        barrier();
    }
}
