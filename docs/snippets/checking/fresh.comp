#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It reads one element that nobody wrote.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
shared uint tile[65];
void main() {
    uint i = gl_LocalInvocationIndex;
    tile[i] = data[gl_GlobalInvocationID.x];
    barrier();
    data[gl_GlobalInvocationID.x] = tile[i + 1u];
}
