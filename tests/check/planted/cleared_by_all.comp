#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A shared histogram is cleared by more invocations than it has bins.
//! buffer values u32[128] index
//! buffer bins u32[48] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer B { uint bins[]; };
shared uint counts[48];
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    counts[i % 48u] = 0u;  // subtle fault: same-value race
#else
    if (i < 48u) counts[i] = 0u;
#endif
    barrier();
    atomicAdd(counts[values[i] % 48u], 1u);
    atomicAdd(counts[values[i + 64u] % 48u], 1u);
    barrier();
    if (i < 48u) bins[i] = counts[i];
}
