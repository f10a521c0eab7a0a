#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each invocation goes round as often as it has neighbours; one has fewer.
//! buffer degrees u32[32] values 3 3 3 3 3 2 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3
//! buffer sums u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer D { uint degrees[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
shared uint level[32];
void main() {
    uint i = gl_LocalInvocationID.x, sum = 0u;
#ifdef FAULT
    uint rounds = degrees[i];
#else
    uint rounds = 3u;
#endif
    for (uint k = 0u; k < rounds; ++k) {
        level[i] = k < degrees[i] ? i + k : 0u;
        barrier();  // subtle fault: barrier
        sum += level[i ^ 1u];
        barrier();  // subtle fault: barrier
    }
    sums[i] = sum;
}
