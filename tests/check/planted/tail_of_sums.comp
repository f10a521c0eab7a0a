#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each invocation adds four neighbours; the last of the last workgroup has fewer.
//! buffer values u32[509] index
//! buffer sums u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
void main() {
    uint first = 4u * gl_GlobalInvocationID.x, sum = 0u;
    for (uint k = 0u; k < 4u; ++k) {
#ifdef FAULT
        if (first >= values.length()) break;
#else
        if (first + k >= values.length()) break;
#endif
        sum += values[first + k];  // subtle fault: out of bounds
    }
    sums[gl_GlobalInvocationID.x] = sum;
}
