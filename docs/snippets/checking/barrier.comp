#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It returns in front of a barrier.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Parameters { uint count; };
shared uint tile[64];
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    tile[gl_LocalInvocationIndex] = data[i];
    barrier();
    data[i] = tile[gl_LocalInvocationIndex ^ 1u];
}
