#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The one that waits for another workgroup has a fence for its own.
//! buffer message u32[1] zero
//! buffer flag u32[1] zero
//! buffer received u32[2] zero
//! groups 2
layout(local_size_x = 4) in;
layout(binding = 0) buffer M { uint message; };
layout(binding = 1) buffer F { uint flag; };
layout(binding = 2) writeonly buffer R { uint received[]; };
void main() {
    if (gl_LocalInvocationID.x != 0u) return;
    if (gl_WorkGroupID.x == 0u) {
        message = 7u;
        memoryBarrier();
        atomicExchange(flag, 1u);
    } else {
        while (atomicOr(flag, 0u) == 0u) {}
#ifdef FAULT
        groupMemoryBarrier();
#else
        memoryBarrier();
#endif
        received[gl_WorkGroupID.x] = message;  // subtle fault: data race
    }
}
