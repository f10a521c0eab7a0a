#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It divides by what may be 0.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    data[i] = 12u / data[i];
}
