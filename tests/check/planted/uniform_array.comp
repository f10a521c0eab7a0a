#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A table in a uniform block is shorter than the types that are looked up.
//! buffer masses f32[16] random 0 1
//! buffer kinds u32[64] whole 0 4
//! buffer forces f32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0, std140) uniform M { vec4 masses[4]; };
layout(binding = 1) readonly buffer K { uint kinds[]; };
layout(binding = 2) writeonly buffer F { float forces[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
#ifdef FAULT
    forces[i] = masses[kinds[i]].w;  // subtle fault: out of bounds
#else
    forces[i] = kinds[i] < 4u ? masses[kinds[i]].w : 0.0;
#endif
}
