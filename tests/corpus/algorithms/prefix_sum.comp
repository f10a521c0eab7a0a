#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Inclusive sums by doubling steps in shared memory.
//! buffer values u32[128] whole 0 1000
//! buffer sums u32[128] zero
//! expect sums by inclusive_sums
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) writeonly buffer R { uint sums[]; };
shared uint partial[2][128];
void main() {
    uint i = gl_LocalInvocationIndex, from = 0u;
    partial[0][i] = values[i];
    barrier();
    for (uint step = 1u; step < 128u; step *= 2u) {
        uint x = partial[from][i];
        if (i >= step) x += partial[from][i - step];
        from = 1u - from;
        partial[from][i] = x;
        barrier();
    }
    sums[i] = partial[from][i];
}
