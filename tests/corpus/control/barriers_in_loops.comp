#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Barriers in loops and branches that all invocations take together.
//! buffer a u32[256] whole 0 100
//! buffer result u32[256] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint ring[64];
void main() {
    uint t = gl_LocalInvocationIndex, sum = 0u;
    ring[t] = a[gl_GlobalInvocationID.x];
    for (uint k = 0u; k < 3u + gl_WorkGroupID.x; ++k) {
        barrier();
        uint next = ring[(t + 1u) % 64u];
        if (gl_WorkGroupID.x == 2u) {
            barrier();
            ring[t] = next + 1u;
        } else {
            barrier();
            ring[t] = next * 2u + k;
        }
        if (k == 4u) break;
        sum += next;
    }
    barrier();
    result[gl_GlobalInvocationID.x] = sum + ring[63u - t];
}
