#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each invocation sets its bit, of words that 32 of them share.
//! buffer flags u32[128] values 0 0 1 0 1 1 0 0 0 1
//! buffer mask u32[4] zero
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer F { uint flags[]; };
layout(binding = 1) buffer M { uint mask[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    if (flags[i] == 0u) return;
#ifdef FAULT
    mask[i / 32u] |= 1u << (i % 32u);  // fault: data race
#else
    atomicOr(mask[i / 32u], 1u << (i % 32u));
#endif
}
