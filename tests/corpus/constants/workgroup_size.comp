#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The size of the workgroup is set when the kernel is compiled.
//! buffer result u32[96] zero
//! constant 0 8
//! constant 1 4
//! groups 3
//! expect result by workgroup_places
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z = 1) in;
layout(binding = 0) buffer R { uint result[]; };
void main() {
    uint size = gl_WorkGroupSize.x * gl_WorkGroupSize.y * gl_WorkGroupSize.z;
    result[gl_WorkGroupID.x * size + gl_LocalInvocationIndex] =
        1000u * gl_WorkGroupID.x + 100u * gl_LocalInvocationID.y + gl_LocalInvocationID.x;
}
