#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each invocation gets a ticket of its own; the old value of each operation.
//! buffer counter u32[4] zero
//! buffer seen u32[128] zero
//! buffer old u32[8] zero
//! groups 2
//! expect seen 1
layout(local_size_x = 64) in;
layout(binding = 1) buffer C { uint counter[4]; };
layout(binding = 2) buffer S { uint seen[]; };
layout(binding = 3) buffer O { uint old[8]; };
void main() {
    uint ticket = atomicAdd(counter[0], 1u);
    atomicAdd(seen[ticket], 1u);
    if (gl_GlobalInvocationID.x == 0u) {
        old[0] = atomicExchange(counter[1], 5u);
        old[1] = atomicCompSwap(counter[1], 5u, 6u);
        old[2] = atomicCompSwap(counter[1], 5u, 7u);
        old[3] = atomicOr(counter[1], 8u);
        old[4] = atomicXor(counter[1], 2u);
        old[5] = atomicMax(counter[1], 3u);
        old[6] = atomicMin(counter[1], 3u);
        old[7] = atomicAnd(counter[1], 1u);
    }
}
