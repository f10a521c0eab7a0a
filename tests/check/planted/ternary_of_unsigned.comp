#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An unsigned index is never below zero, so the first invocation wraps round.
//! buffer values u32[128] index
//! buffer differences u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer D { uint differences[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
#ifdef FAULT
    differences[i] = values[i] - (i - 1u >= 0u ? values[i - 1u] : 0u);  // subtle fault: out of bounds
#else
    differences[i] = values[i] - (i >= 1u ? values[i - 1u] : 0u);
#endif
}
