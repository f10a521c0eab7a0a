#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each kind of barrier of GLSL, between writes and reads of shared memory and buffers.
//! buffer a u32[64] index
//! buffer middle u32[64] zero
//! buffer result u32[64] zero
//! expect result 126 124 122 120 118 116 114 112 110 108 106 104 102 100 98 96 94 92 90 88 86 84 82 80 78 76 74 72 70 68 66 64 62 60 58 56 54 52 50 48 46 44 42 40 38 36 34 32 30 28 26 24 22 20 18 16 14 12 10 8 6 4 2 0
//! refused wgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused dawn* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused webgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) coherent buffer M { uint middle[]; };
layout(binding = 2) buffer R { uint result[]; };
shared uint table[64];
void main() {
    uint t = gl_LocalInvocationIndex;
    table[t] = a[t];
    groupMemoryBarrier();
    barrier();
    middle[63u - t] = table[t ^ 1u] * 2u;
    memoryBarrierBuffer();
    memoryBarrier();
    barrier();
    table[t] = middle[t ^ 1u];
    memoryBarrierShared();
    barrier();
    result[t] = table[t];
}
