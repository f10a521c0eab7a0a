#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The fence between a message and its flag is one of shared memory.
//! buffer message u32[1] zero
//! buffer flag u32[1] zero
//! buffer received u32[2] zero
//! groups 2
layout(local_size_x = 4) in;
layout(binding = 0) buffer M { uint message; };
layout(binding = 1) buffer F { uint flag; };
layout(binding = 2) writeonly buffer R { uint received[]; };
#ifdef FAULT
#define FENCE memoryBarrierShared
#else
#define FENCE memoryBarrierBuffer
#endif
void main() {
    if (gl_LocalInvocationID.x != 0u) return;
    if (gl_WorkGroupID.x == 0u) {
        message = 7u;
        FENCE();
        atomicExchange(flag, 1u);
    } else {
        while (atomicOr(flag, 0u) == 0u) {}
        memoryBarrierBuffer();
        received[gl_WorkGroupID.x] = message;  // subtle fault: data race
    }
}
