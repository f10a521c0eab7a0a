#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It takes the logarithm of 0.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { float data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    data[i] = log(data[i]);
}
