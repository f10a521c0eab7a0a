#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Activations by tanh and by the logistic function, and their relatives that are exact.
//! buffer x f32[64] random -3 3
//! buffer smooth_ones f32[128] zero
//! buffer exact f32[128] zero
//! near smooth_ones 64 0.0001 exp and division, and tanh that follows from them
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float x[]; };
layout(binding = 1) buffer S { vec2 smooth_ones[]; };
layout(binding = 2) buffer E { vec2 exact[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float v = x[i];
    smooth_ones[i] = vec2(0.5 * v * (1.0 + tanh(0.79788456 * (v + 0.044715 * v * v * v))), v / (1.0 + exp(-v)));
    exact[i] = vec2(max(v, 0.0), clamp(v, 0.0, 1.0) + (v < 0.0 ? v * 0.125 : 0.0));
}
