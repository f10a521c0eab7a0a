#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// barrier() orders shared memory; a buffer that invocations exchange values by needs its own.
//! buffer scratch u32[128] zero
//! buffer out_values u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) buffer S { uint scratch[]; };
layout(binding = 1) writeonly buffer O { uint out_values[]; };
void main() {
    uint i = gl_LocalInvocationID.x, first = 64u * gl_WorkGroupID.x;
    scratch[first + i] = i * i;
#ifndef FAULT
    memoryBarrierBuffer();
#endif
    barrier();
    out_values[first + i] = scratch[first + 63u - i];  // subtle fault: data race
}
