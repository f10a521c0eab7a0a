#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The right neighbour of the last element is outside.
//! buffer values f32[256] random -1 1
//! buffer smooth_values f32[256] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { float values[]; };
layout(binding = 1) writeonly buffer S { float smooth_values[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, n = values.length();
    float left = i > 0u ? values[i - 1u] : values[0];
#ifdef FAULT
    float right = i < n ? values[i + 1u] : values[i];  // subtle fault: out of bounds
#else
    float right = i + 1u < n ? values[i + 1u] : values[i];
#endif
    smooth_values[i] = 0.25 * left + 0.5 * values[i] + 0.25 * right;
}
