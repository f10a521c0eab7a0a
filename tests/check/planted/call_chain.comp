#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The index goes through three functions; one of their callers is wrong.
//! buffer table_values u32[64] index
//! buffer out_values u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer T { uint table_values[]; };
layout(binding = 1) writeonly buffer O { uint out_values[]; };
uint entry(uint at) {
    return table_values[at];  // subtle fault: out of bounds
}
uint between(uint at) { return entry(at) + entry(at + 1u); }
uint smoothed(uint at) { return at == 0u ? entry(0u) : between(at - 1u); }
void main() {
    uint i = gl_GlobalInvocationID.x;
#ifdef FAULT
    out_values[i] = smoothed(i) + (i == 63u ? between(i) : 0u);
#else
    out_values[i] = smoothed(i) + (i < 63u ? between(i) : 0u);
#endif
}
