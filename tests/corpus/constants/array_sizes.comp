#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Arrays whose sizes are specialisation constants and sums of them.
//! buffer a u32[48] index
//! buffer result u32[48] zero
//! constant 5 12
//! expect result by reversed_by_twelve
layout(local_size_x = 12) in;
layout(constant_id = 5) const uint size = 4u;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint tile[size + 1u];
void main() {
    uint local[size * 2u];
    for (uint k = 0u; k < size; ++k) local[k] = local[size + k] = a[size * gl_WorkGroupID.x + k];
    tile[gl_LocalInvocationIndex] = local[gl_LocalInvocationIndex + size];
    if (gl_LocalInvocationIndex == 0u) tile[size] = 0u;
    barrier();
    result[gl_GlobalInvocationID.x] = tile[size - 1u - gl_LocalInvocationIndex] + tile[size] + uint(tile.length()) - size - 1u;
}
//! groups 4
