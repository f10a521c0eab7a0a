#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One query against keys: scores, their softmax, and the weighted sum of values.
//! buffer query f32[16] random -1 1
//! buffer keys f32[512] random -1 1
//! buffer values f32[512] random -1 1
//! buffer result f32[16] zero
//! near result 512 0.00001 exp, division, sums in another order and contraction
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer Q { float query[16]; };
layout(binding = 1) readonly buffer K { float keys[32][16]; };
layout(binding = 2) readonly buffer V { float values[32][16]; };
layout(binding = 3) buffer R { float result[16]; };
shared float weights[32];
void main() {
    uint t = gl_LocalInvocationIndex;
    float score = 0.0;
    for (int k = 0; k < 16; ++k) score += query[k] * keys[t][k];
    weights[t] = score * 0.25;
    barrier();
    float largest = weights[0], sum = 0.0, out_value = 0.0;
    for (int k = 1; k < 32; ++k) largest = max(largest, weights[k]);
    for (int k = 0; k < 32; ++k) sum += exp(weights[k] - largest);
    if (t < 16u) {
        for (int k = 0; k < 32; ++k) out_value += exp(weights[k] - largest) * values[k][t];
        result[t] = out_value / sum;
    }
}
