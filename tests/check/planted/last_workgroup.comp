#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The guard rounds the count up to whole workgroups.
//! buffer values u32[200] index
//! groups 4
//! scalar count u32 200
layout(local_size_x = 64) in;
layout(binding = 0) buffer V { uint values[]; };
layout(push_constant) uniform Scalars { uint count; };
void main() {
    uint i = gl_GlobalInvocationID.x;
#ifdef FAULT
    if (i / gl_WorkGroupSize.x <= count / gl_WorkGroupSize.x)
        values[i] *= 2u;  // subtle fault: out of bounds
#else
    if (i < count) values[i] *= 2u;
#endif
}
