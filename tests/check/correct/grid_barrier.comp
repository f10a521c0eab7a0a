#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// All workgroups wait for each other between two phases, by a counter.
//! buffer values u32[512] index
//! buffer turned u32[512] zero
//! buffer arrived u32[1] zero
//! groups 8
layout(local_size_x = 64) in;
layout(binding = 0) buffer V { uint values[]; };
layout(binding = 1) writeonly buffer T { uint turned[]; };
layout(binding = 2) buffer A { uint arrived; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    values[i] += 1u;
    memoryBarrierBuffer();
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        atomicAdd(arrived, 1u);
        while (atomicOr(arrived, 0u) < gl_NumWorkGroups.x) {}
    }
    memoryBarrierBuffer();
    barrier();
    turned[i] = values[511u - i];
}
