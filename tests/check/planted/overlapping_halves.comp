#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Workgroups write rows of halves of words that reach into each other.
//! needs i16 storage_16
//! buffer values u16[128] index
//! buffer rows u16[128] zero
//! groups 2
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint16_t values[]; };
layout(binding = 1) writeonly buffer R { uint16_t rows[]; };
shared uint16_t row[64];
void main() {
    uint x = gl_LocalInvocationID.x;
#ifdef FAULT
    uint first = 32u * gl_WorkGroupID.x;
#else
    uint first = 64u * gl_WorkGroupID.x;
#endif
    row[x] = values[gl_GlobalInvocationID.x];
    barrier();
    rows[first + x] = row[63u - x];  // fault: data race
}
