#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The largest of 2x2 pixels, and which of them it was.
//! buffer image f32[256] random -1 1
//! buffer pooled f32[64] zero
//! buffer which u32[64] zero
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) readonly buffer A { float image[][16]; };
layout(binding = 1) buffer P { float pooled[]; };
layout(binding = 2) buffer W { uint which[]; };
void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    float best = image[2u * at.y][2u * at.x];
    uint from = 0u;
    for (uint k = 1u; k < 4u; ++k) {
        float x = image[2u * at.y + k / 2u][2u * at.x + k % 2u];
        if (x > best) {
            best = x;
            from = k;
        }
    }
    pooled[8u * at.y + at.x] = best;
    which[8u * at.y + at.x] = from;
}
