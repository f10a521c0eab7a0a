#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A struct gets all its members but one, for one kind of it.
//! buffer radii f32[16] values 1 2 0 3
//! buffer areas f32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer R { float radii[]; };
layout(binding = 1) writeonly buffer A { float areas[]; };
struct Shape { uint kind; float width, height; };
void main() {
    float radius = radii[gl_LocalInvocationID.x];
    Shape shape;
    shape.kind = radius > 0.0 ? 1u : 0u;
    shape.width = radius;
#ifdef FAULT
    if (shape.kind == 1u) shape.height = radius;
#else
    shape.height = radius;
#endif
    areas[gl_LocalInvocationID.x] = shape.width * shape.height;  // subtle fault: uninitialized
}
