// SPDX-License-Identifier: MIT OR Apache-2.0
// Replaces each number by the steps that its Collatz sequence takes to reach 1.
#version 450
layout(local_size_x = 64) in;

layout(set = 0, binding = 0) buffer Numbers { uint numbers[]; };

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= numbers.length()) return;
    uint n = numbers[i];
    uint steps = 0u;
    while (n > 1u) {
        n = (n & 1u) == 0u ? n / 2u : 3u * n + 1u;
        ++steps;
    }
    numbers[i] = steps;
}
