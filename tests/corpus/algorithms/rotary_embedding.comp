#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Pairs turned by an angle that depends on the position.
//! buffer x f32[128] random -1 1
//! buffer y f32[128] zero
//! scalar position f32 3
//! near y 0 0.003 sin and cos are within 2^-11, pow follows from exp2 and log2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { vec2 x[]; };
layout(binding = 1) buffer Y { vec2 y[]; };
layout(push_constant) uniform P { float position; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float angle = position * pow(10000.0, -float(i) / 64.0);
    float c = cos(angle), s = sin(angle);
    y[i] = mat2(c, s, -s, c) * x[i];
}
