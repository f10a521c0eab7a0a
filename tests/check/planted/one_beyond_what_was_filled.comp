#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Three of four elements are filled, and four are summed.
//! buffer values u32[64] index
//! buffer sums u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
void main() {
    uint i = gl_LocalInvocationID.x, count = 0u, sum = 0u;
    uint near[4];
    for (uint k = 0u; k < 4u; ++k)
        if (i + k < 64u) near[count++] = values[i + k];
#ifdef FAULT
    for (uint k = 0u; k < 4u; ++k)
#else
    for (uint k = 0u; k < count; ++k)
#endif
        sum += near[k];  // subtle fault: uninitialized
    sums[i] = sum;
}
