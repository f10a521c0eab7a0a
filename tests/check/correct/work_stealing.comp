#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Workgroups take pieces of work from a counter until there are none; each piece is one's own.
//! buffer work u32[320] index
//! buffer next u32[1] zero
//! groups 5
layout(local_size_x = 32) in;
layout(binding = 0) buffer W { uint work[]; };
layout(binding = 1) buffer N { uint next; };
shared uint piece;
void main() {
    for (;;) {
        if (gl_LocalInvocationIndex == 0u) piece = atomicAdd(next, 1u);
        barrier();
        uint mine = piece;
        barrier();
        if (mine >= 10u) break;
        work[32u * mine + gl_LocalInvocationIndex] *= 3u;
    }
}
