#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Rows of 64: the largest, the sum of exponentials, the quotients.
//! buffer x f32[256] random -4 4
//! buffer y f32[256] zero
//! buffer sums f32[4] zero
//! groups 4
//! near y 64 0 exp of up to 8 away from the largest, division, and sums in another order
//! near sums 64 0 division and the same sums
//! expect sums 1
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(binding = 2) writeonly buffer S { float sums[]; };
shared float tile[64];
float reduced(float value, bool largest) {
    uint t = gl_LocalInvocationIndex;
    barrier();
    tile[t] = value;
    barrier();
    for (uint s = 32u; s > 0u; s /= 2u) {
        if (t < s) tile[t] = largest ? max(tile[t], tile[t + s]) : tile[t] + tile[t + s];
        barrier();
    }
    return tile[0];
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    float e = exp(x[i] - reduced(x[i], true));
    float share = e / reduced(e, false);
    y[i] = share;
    float sum = reduced(share, false);
    if (gl_LocalInvocationIndex == 0u) sums[gl_WorkGroupID.x] = sum;
}
