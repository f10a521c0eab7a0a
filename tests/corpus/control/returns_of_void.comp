#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A function without a result that returns from loops and branches, called in a loop.
//! buffer a u32[64] index
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint sum = 0u;
void collect(uint x) {
    if (x % 5u == 0u) return;
    for (uint k = 0u; k < x; ++k) {
        if (k * k > x) return;
        do {
            sum += k + 1u;
            if (sum % 11u == 3u) return;
        } while (sum % 7u == 0u);
        sum += 2u;
    }
    sum += 1000u;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    for (uint k = 0u; k < 4u; ++k) {
        collect(a[i] + k);
        if (sum > 2500u) break;
    }
    result[i] = sum;
}
