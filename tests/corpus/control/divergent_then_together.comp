#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Invocations take loops of different length and meet again before a barrier.
//! buffer a u32[64] index
//! buffer result u32[64] zero
//! expect result by triangle_reversed
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint sums[64];
void main() {
    uint t = gl_LocalInvocationIndex, sum = 0u;
    for (uint k = 0u; k <= a[t]; ++k) {
        if (k % 3u == 1u) {
            sum += k;
            continue;
        }
        uint j = k;
        while (j > 0u) {
            --j;
            ++sum;
        }
    }
    sums[t] = sum;
    barrier();
    result[t] = sums[63u - t];
}
