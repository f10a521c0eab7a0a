#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The same of a signed number.
//! buffer a i32[128] bits
//! buffer counters i32[8] values 0 2147483647 -2147483648 -1 0 0 7 -5
//! groups 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer C { int counters[8]; };
void main() {
    int x = a[gl_GlobalInvocationID.x];
    atomicAdd(counters[0], x);
    atomicMin(counters[1], x);
    atomicMax(counters[2], x);
    atomicAnd(counters[3], x | 0xff00ff);
    atomicOr(counters[4], x & 0xff00ff);
    atomicXor(counters[5], x);
    atomicExchange(counters[6], -4);
    atomicCompSwap(counters[7], -5, 99);
}
