#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics on 64-bit integers in buffers.
//! needs i64 atomic_i64
//! buffer a u64[128] bits
//! buffer counters u64[8] values 0 18446744073709551615 0 18446744073709551615 0 0 7 5
//! buffer signed_counters i64[2] values 0 0
//! groups 2
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_atomic_int64 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint64_t a[]; };
layout(binding = 1) buffer C { uint64_t counters[8]; };
layout(binding = 2) buffer S { int64_t signed_counters[2]; };
void main() {
    uint64_t x = a[gl_GlobalInvocationID.x];
    atomicAdd(counters[0], x);
    atomicMin(counters[1], x);
    atomicMax(counters[2], x);
    atomicAnd(counters[3], x | 0xff00fful);
    atomicOr(counters[4], x & 0xff00ff0000000000ul);
    atomicXor(counters[5], x);
    atomicExchange(counters[6], 12345678901234ul);
    atomicCompSwap(counters[7], 5ul, 99ul);
    atomicMin(signed_counters[0], int64_t(x));
    atomicMax(signed_counters[1], int64_t(x));
}
