#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics through addresses, and addresses that differ by invocation.
//! needs buffer_address i64
//! buffer table u64[2] addresses even odd
//! buffer even u32[4] zero
//! buffer odd u32[4] zero
//! expect even 2016 63 32 0
//! expect odd 2080 64 32 0
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(buffer_reference, std430) buffer Counters { uint sum; uint largest; uint count; };
layout(binding = 0) readonly buffer T { uint64_t table[2]; };
void main() {
    uint x = gl_LocalInvocationIndex;
    Counters c = Counters(table[x & 1u]);
    atomicAdd(c.sum, 2u * x + 2u * (x & 1u) - (x & 1u) + (1u - (x & 1u)));
    atomicMax(c.largest, x + 1u);
    atomicAdd(c.count, 1u);
}
