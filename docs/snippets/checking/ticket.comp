#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It waits for workgroups behind it.
layout(local_size_x = 1) in;
layout(binding = 0) coherent buffer Data { uint data[]; };
void main() {
    uint i = gl_WorkGroupID.x;
    if (i + 1u < data.length()) {
        while (atomicAdd(data[i + 1u], 0u) == 0u) {}
    }
    atomicExchange(data[i], 1u);
}
