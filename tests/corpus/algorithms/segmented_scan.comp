#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums that begin anew at each flag.
//! buffer values u32[128] whole 0 50
//! buffer flags u32[128] whole 0 4
//! buffer sums u32[128] zero
//! expect sums by segmented_sums
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) readonly buffer F { uint flags[]; };
layout(binding = 2) buffer S { uint sums[]; };
struct Part { uint sum; bool starts; };
shared Part parts[128];
Part joined(Part low, Part high) { return Part(high.starts ? high.sum : low.sum + high.sum, low.starts || high.starts); }
void main() {
    uint t = gl_LocalInvocationIndex;
    parts[t] = Part(values[t], flags[t] == 0u);
    for (uint step = 1u; step < 128u; step <<= 1) {
        barrier();
        Part mine = parts[t];
        if (t >= step) mine = joined(parts[t - step], mine);
        barrier();
        parts[t] = mine;
    }
    sums[t] = parts[t].sum;
}
