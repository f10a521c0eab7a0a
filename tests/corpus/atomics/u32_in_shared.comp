#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The same in shared memory.
//! buffer a u32[256] bits
//! buffer result u32[32] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint counters[8];
shared int signed_counters[2];
void main() {
    uint t = gl_LocalInvocationIndex, x = a[gl_GlobalInvocationID.x];
    if (t < 8u) counters[t] = t % 3u == 1u ? ~0u : 0u;
    if (t < 2u) signed_counters[t] = 0;
    barrier();
    atomicAdd(counters[0], x);
    atomicMin(counters[1], x);
    atomicMax(counters[2], x);
    atomicOr(counters[3], x & 0xf0f0u);
    atomicAnd(counters[4], x | 0xf0f0u);
    atomicXor(counters[5], x);
    atomicCompSwap(counters[6], 0u, 3u);
    atomicExchange(counters[7], 17u);
    atomicMin(signed_counters[0], int(x));
    atomicMax(signed_counters[1], int(x));
    barrier();
    if (t < 8u) result[8u * gl_WorkGroupID.x + t] = counters[t] + uint(signed_counters[t & 1u]);
}
