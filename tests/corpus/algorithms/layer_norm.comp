#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Rows of 64 shifted and scaled to mean 0 and variance 1.
//! buffer x f32[256] random -3 5
//! buffer y f32[256] zero
//! scalar epsilon f32 0.00001
//! groups 4
//! near y 32 0.00001 inversesqrt, sums in another order and contraction
//! expect y by layer_norm
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform P { float epsilon; };
shared float tile[64];
float total(float value) {
    uint t = gl_LocalInvocationIndex;
    barrier();
    tile[t] = value;
    for (uint s = 32u; s > 0u; s >>= 1) {
        barrier();
        if (t < s) tile[t] += tile[t + s];
    }
    barrier();
    return tile[0];
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    float mean = total(x[i]) / 64.0, d = x[i] - mean;
    y[i] = d * inversesqrt(total(d * d) / 64.0 + epsilon);
}
