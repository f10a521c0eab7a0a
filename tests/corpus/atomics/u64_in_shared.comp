#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics on 64-bit integers in shared memory.
//! needs i64 shared_atomic_i64
//! buffer a u64[64] bits
//! buffer result u64[3] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_atomic_int64 : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint64_t a[]; };
layout(binding = 1) buffer R { uint64_t result[3]; };
shared uint64_t sum, largest, odd;
void main() {
    uint t = gl_LocalInvocationIndex;
    if (t == 0u) sum = largest = odd = 0ul;
    barrier();
    atomicAdd(sum, a[t]);
    atomicMax(largest, a[t]);
    atomicXor(odd, a[t]);
    barrier();
    if (t == 0u) {
        result[0] = sum;
        result[1] = largest;
        result[2] = odd;
    }
}
