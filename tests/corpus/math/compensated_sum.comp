#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Kahan's sum, which is wrong once sums are rearranged.
//! buffer a f32[256] random 0 1
//! buffer result f32[2] zero
//! expect result by kahan_sum
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
void main() {
    precise float sum = 0.0, rest = 0.0;
    for (int k = 0; k < a.length(); ++k) {
        precise float y = a[k] - rest;
        precise float t = sum + y;
        rest = (t - sum) - y;
        sum = t;
    }
    result[0] = sum;
    result[1] = rest;
}
