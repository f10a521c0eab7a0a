// SPDX-License-Identifier: MIT OR Apache-2.0
// One generation of Conway's Life on a torus; a cell is 0 or 1.
#version 450
layout(local_size_x = 8, local_size_y = 8) in;

layout(set = 0, binding = 0) readonly buffer Before { uint before[]; };
layout(set = 0, binding = 1) writeonly buffer After { uint after[]; };
layout(push_constant) uniform Parameters { uvec2 size; };

void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    if (at.x >= size.x || at.y >= size.y) return;
    uint neighbors = 0u;
    for (uint dy = 0u; dy < 3u; ++dy) {
        for (uint dx = 0u; dx < 3u; ++dx) {
            uvec2 from = (at + uvec2(dx, dy) + size - 1u) % size;
            if (dx != 1u || dy != 1u) neighbors += before[from.y * size.x + from.x];
        }
    }
    uint index = at.y * size.x + at.x;
    after[index] = neighbors == 3u || (neighbors == 2u && before[index] == 1u) ? 1u : 0u;
}
