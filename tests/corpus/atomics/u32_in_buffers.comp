#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Every atomic operation on an unsigned number, in an order that does not matter.
//! buffer a u32[256] bits
//! buffer counters u32[8] values 0 4294967295 0 4294967295 0 0 7 5
//! groups 4
//! expect counters by atomic_totals
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer C { uint counters[8]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i];
    atomicAdd(counters[0], x);
    atomicMin(counters[1], x);
    atomicMax(counters[2], x);
    atomicAnd(counters[3], x | 0xff00ffu);
    atomicOr(counters[4], x & 0xff00ffu);
    atomicXor(counters[5], x);
    atomicExchange(counters[6], 1234u);
    atomicCompSwap(counters[7], 5u, 99u);
}
