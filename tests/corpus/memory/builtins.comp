#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// All that an invocation is told about its place.
//! buffer result u32[720] zero
//! groups 2 3 1
//! expect result by places_in_grid
layout(local_size_x = 5, local_size_y = 2, local_size_z = 3) in;
layout(binding = 0) buffer R { uint result[][4]; };
void main() {
    uint group = gl_WorkGroupID.x + gl_NumWorkGroups.x * (gl_WorkGroupID.y + gl_NumWorkGroups.y * gl_WorkGroupID.z);
    uint at = group * 30u + gl_LocalInvocationIndex;
    result[at][0] = gl_LocalInvocationID.x + 10u * gl_LocalInvocationID.y + 100u * gl_LocalInvocationID.z;
    result[at][1] = gl_GlobalInvocationID.x + 100u * gl_GlobalInvocationID.y + 10000u * gl_GlobalInvocationID.z;
    result[at][2] = gl_NumWorkGroups.x + 10u * gl_NumWorkGroups.y + 100u * gl_NumWorkGroups.z;
    result[at][3] = gl_WorkGroupSize.x + 10u * gl_WorkGroupSize.y + 100u * gl_WorkGroupSize.z;
}
