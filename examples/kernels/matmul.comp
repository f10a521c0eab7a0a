// SPDX-License-Identifier: MIT OR Apache-2.0
// C[m, n] = A[m, k] B[k, n]. Each workgroup makes one TILE x TILE block of C from tiles of A and B in
// shared memory, so that each element is read m / TILE or n / TILE times and not m or n times.
#version 450
layout(local_size_x = 16, local_size_y = 16) in;
const uint TILE = 16u;

layout(set = 0, binding = 0) readonly buffer A { float a[]; };
layout(set = 0, binding = 1) readonly buffer B { float b[]; };
layout(set = 0, binding = 2) writeonly buffer C { float c[]; };
layout(push_constant) uniform Parameters { uint m, n, k; };

shared float tile_a[TILE][TILE];
shared float tile_b[TILE][TILE];

void main() {
    uint row = gl_GlobalInvocationID.y, column = gl_GlobalInvocationID.x;
    uint y = gl_LocalInvocationID.y, x = gl_LocalInvocationID.x;
    float sum = 0.0;
    for (uint first = 0u; first < k; first += TILE) {
        tile_a[y][x] = row < m && first + x < k ? a[row * k + first + x] : 0.0;
        tile_b[y][x] = first + y < k && column < n ? b[(first + y) * n + column] : 0.0;
        barrier();
        for (uint i = 0u; i < TILE; ++i) sum += tile_a[y][i] * tile_b[i][x];
        barrier();
    }
    if (row < m && column < n) c[row * n + column] = sum;
}
