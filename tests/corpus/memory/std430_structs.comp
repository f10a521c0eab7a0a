#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Structs in structs and arrays of them, with the padding of std430.
//! buffer nodes f32[80] index
//! buffer result f32[80] zero
layout(local_size_x = 4) in;
struct Inner { vec2 v; float x; };
struct Node { float w; vec3 position; Inner parts[2]; vec2 tail; };
layout(std430, binding = 0) readonly buffer A { Node nodes[]; };
layout(std430, binding = 1) buffer R { Node result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    Node n = nodes[i];
    n.position = n.position.zxy + n.w;
    n.parts[1].x += n.parts[0].v.y;
    Inner swap = n.parts[0];
    n.parts[0] = n.parts[1];
    n.parts[1] = swap;
    result[i] = n;
    result[i].tail.y = float(nodes.length());
}
