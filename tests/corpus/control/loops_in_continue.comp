#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The step of a loop is itself a loop, by a function.
//! buffer a u32[64] index
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint next_prime(uint n) {
    for (uint candidate = n + 1u;; ++candidate) {
        bool prime = candidate > 1u;
        for (uint d = 2u; d * d <= candidate; ++d)
            if (candidate % d == 0u) {
                prime = false;
                break;
            }
        if (prime) return candidate;
    }
}
void main() {
    uint i = gl_GlobalInvocationID.x, sum = 0u;
    for (uint p = 2u; p < a[i] + 3u; p = next_prime(p)) {
        if (p == 5u || p == 23u) continue;
        sum += p;
    }
    result[i] = sum;
}
