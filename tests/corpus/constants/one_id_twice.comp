#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A workgroup's size and a constant have one id: unless it is set, GLSL has 1 for the size and what the constant says.
//! buffer ok u32[4] zero
//! groups 4
//! expect ok 1
layout(local_size_x_id = 3) in;
layout(constant_id = 3) const uint width = 32u;
layout(binding = 0) buffer O { uint ok[]; };
shared uint tile[width];
void main() {
    tile[width - 1u] = gl_WorkGroupSize.x;
    ok[gl_GlobalInvocationID.x] = width == 32u && tile.length() == 32 ? tile[width - 1u] : 0u;
}
