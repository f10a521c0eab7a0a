#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors of three side by side without padding, and structs as C lays them out.
//! needs scalar_layout
//! buffer points f32[48] index
//! buffer result f32[48] zero
//! buffer sums f32[12] zero
#extension GL_EXT_scalar_block_layout : require
layout(local_size_x = 4) in;
struct Point { vec3 position; float mass; vec3 speed; vec2 rest[2]; float last; };
layout(scalar, binding = 0) readonly buffer A { Point points[]; };
layout(scalar, binding = 1) buffer R { Point result[]; };
layout(scalar, binding = 2) buffer S { vec3 sums[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= uint(points.length())) return;
    Point p = points[i];
    sums[i] = p.position + p.speed * p.mass;
    p.speed.xz = p.rest[1];
    p.rest[0] = p.position.yz;
    result[i] = p;
}
