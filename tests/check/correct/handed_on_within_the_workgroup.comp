#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A chain of the invocations of a workgroup: each waits for the one before it, with fences for the workgroup alone.
//! buffer values u32[64] index
//! buffer flags u32[64] zero
//! groups 2
layout(local_size_x = 32) in;
layout(binding = 0) buffer V { uint values[]; };
layout(binding = 1) buffer F { uint flags[]; };
shared uint tile[32], ready;
void main() {
    uint t = gl_LocalInvocationIndex, i = gl_GlobalInvocationID.x;
    if (t == 0u) atomicExchange(ready, 0u);
    barrier();
    for (bool done = false; !done;) {
        bool in_shared = atomicOr(ready, 0u) == t, in_buffer = t == 0u || atomicOr(flags[max(i, 1u) - 1u], 0u) == 1u;
        if (in_shared && in_buffer) {
            groupMemoryBarrier();
            tile[t] = values[i] + (t > 0u ? tile[t - 1u] : 0u);
            values[i] = (t > 0u ? values[i - 1u] : 0u) + tile[t];
            groupMemoryBarrier();
            atomicExchange(flags[i], 1u);
            memoryBarrierShared();
            atomicAdd(ready, 1u);
            done = true;
        }
    }
}
