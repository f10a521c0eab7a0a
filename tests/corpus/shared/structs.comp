#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Structs with vectors, booleans and matrices in shared memory, copied whole and by member.
//! buffer a f32[64] index
//! buffer result f32[128] zero
layout(local_size_x = 16) in;
struct Cell { bool used; vec3 v; mat2 m; int n[2]; };
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) buffer R { vec4 result[][2]; };
shared Cell cells[16];
void main() {
    uint t = gl_LocalInvocationIndex;
    cells[t] = Cell((t & 1u) == 0u, a[t].xyz, mat2(a[t].xy, a[t].yx), int[2](int(t), -int(t)));
    barrier();
    Cell c = cells[15u - t];
    cells[15u - t].n[0] += c.used ? 100 : 1;
    barrier();
    result[t][0] = vec4(c.v, float(c.used));
    result[t][1] = vec4(c.m[1], float(cells[t].n[0]), float(cells[t].n[1]));
}
