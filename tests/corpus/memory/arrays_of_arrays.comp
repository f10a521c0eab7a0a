#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arrays of arrays in buffers, in shared memory and in variables, copied whole and in part.
//! buffer a u32[72] index
//! buffer result u32[72] zero
layout(local_size_x = 3) in;
layout(std430, binding = 0) readonly buffer A { uint a[][2][3][4]; };
layout(std430, binding = 1) buffer R { uint result[][2][3][4]; };
shared uint block[3][4][2];
void main() {
    uint g = gl_LocalInvocationID.x;
    uint mine[2][3][4] = a[g];
    uint[3][4] plane = mine[1];
    plane[g] = a[2u - g][0][g];
    mine[0] = plane;
    for (uint k = 0u; k < 4u; ++k)
        for (uint j = 0u; j < 2u; ++j) block[g][k][j] = mine[j][g][k];
    barrier();
    mine[1][2][3] = block[(g + 1u) % 3u][1][1];
    result[g] = mine;
}
