#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A vec3 has no fourth lane.
//! buffer points f32[64] random -1 1
//! buffer axes u32[16] values 0 1 2 2 1 0 2 3
//! buffer picked f32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer P { vec3 points[]; };
layout(binding = 1) readonly buffer A { uint axes[]; };
layout(binding = 2) writeonly buffer R { float picked[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec3 point = points[i];
#ifdef FAULT
    picked[i] = point[axes[i]];  // subtle fault: out of bounds
#else
    picked[i] = point[axes[i] % 3u];
#endif
}
