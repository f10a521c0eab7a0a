#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One tile is read and filled again in a loop; the barrier behind the reads is missing.
//! buffer values u32[256] index
//! buffer sums u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
shared uint tile[64];
void main() {
    uint i = gl_LocalInvocationID.x, sum = 0u;
    for (uint block = 0u; block < 4u; ++block) {
        tile[i] = values[64u * block + i];  // subtle fault: data race
        barrier();
        sum += tile[63u - i] * tile[i];
#ifndef FAULT
        barrier();
#endif
    }
    sums[i] = sum;
}
