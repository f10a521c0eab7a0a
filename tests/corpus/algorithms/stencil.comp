#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Steps of the game of life on a torus, in shared memory.
//! buffer cells u32[256] whole 0 1
//! scalar steps u32 7
//! expect cells by life
layout(local_size_x = 16, local_size_y = 16) in;
layout(binding = 0) buffer A { uint cells[256]; };
layout(push_constant) uniform P { uint steps; };
shared uint board[16][16];
void main() {
    uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
    board[y][x] = cells[16u * y + x];
    for (uint k = 0u; k < steps; ++k) {
        barrier();
        uint n = 0u;
        for (uint d = 0u; d < 9u; ++d)
            if (d != 4u) n += board[y + d / 3u + 15u & 15u][x + d % 3u + 15u & 15u];
        uint alive = uint(n == 3u || (n == 2u && board[y][x] == 1u));
        barrier();
        board[y][x] = alive;
    }
    cells[16u * y + x] = board[y][x];
}
