#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// `continue` goes past the barrier.
//! buffer values u32[64] values 1 2 3 4 5 6 7 0
//! buffer sums u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
shared uint tile[32];
void main() {
    uint i = gl_LocalInvocationID.x, sum = 0u;
    for (uint k = 0u; k < 2u; ++k) {
        uint value = values[32u * k + i];
#ifdef FAULT
        if (value == 0u && k == 1u) continue;
#endif
        tile[i] = value;
        barrier();  // subtle fault: barrier
        sum += tile[i];
    }
    sums[i] = sum;
}
