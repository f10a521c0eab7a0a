#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It reads shared memory without a barrier.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationIndex;
    tile[i] = data[gl_GlobalInvocationID.x];
    data[gl_GlobalInvocationID.x] = tile[63u - i];
}
