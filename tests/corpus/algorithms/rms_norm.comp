#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Rows divided by the root of their mean square, with weights; each invocation takes several elements.
//! buffer x f32[512] random -2 2
//! buffer weights f32[128] random 0.5 1.5
//! buffer y f32[512] zero
//! scalar columns u32 128
//! groups 4
//! near y 32 0.00001 inversesqrt, sums in another order and contraction
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer A { float x[]; };
layout(binding = 1) readonly buffer W { float weights[]; };
layout(binding = 2) buffer Y { float y[]; };
layout(push_constant) uniform P { uint columns; };
shared float partial[32];
void main() {
    uint t = gl_LocalInvocationIndex, row = gl_WorkGroupID.x * columns;
    float sum = 0.0;
    for (uint c = t; c < columns; c += 32u) sum += x[row + c] * x[row + c];
    partial[t] = sum;
    barrier();
    for (uint s = 16u; s > 0u; s /= 2u) {
        if (t < s) partial[t] += partial[t + s];
        barrier();
    }
    float scale = inversesqrt(partial[0] / float(columns) + 1e-6);
    for (uint c = t; c < columns; c += 32u) y[row + c] = x[row + c] * scale * weights[c];
}
