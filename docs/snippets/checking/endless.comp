#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It goes on for ever from 0.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint n = data[gl_GlobalInvocationID.x], steps = 0u;
    while (n != 1u) {
        n = n % 2u == 0u ? n / 2u : 3u * n + 1u;
        ++steps;
    }
    data[gl_GlobalInvocationID.x] = steps;
}
