#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// restrict, readonly, writeonly, coherent and volatile, on blocks and on members.
//! buffer a u32[64] index
//! buffer b u32[64] zero
//! buffer C u32[66] values 1
//! expect b 0 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 32 34 36 38 40 42 44 46 48 50 52 54 56 58 60 62 64 66 68 70 72 74 76 78 80 82 84 86 88 90 92 94 96 98 100 102 104 106 108 110 112 114 116 118 120 122 124 126
//! refused wgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused dawn* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused webgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
layout(local_size_x = 64) in;
layout(binding = 0) restrict readonly buffer A { uint a[]; };
layout(binding = 1) restrict writeonly buffer B { uint b[]; };
layout(binding = 2) coherent buffer C {
    volatile uint counter;
    readonly uint step;
    restrict uint c[];
};
void main() {
    uint i = gl_GlobalInvocationID.x;
    b[i] = a[i] * 2u;
    c[i] = a[i] + step;
    memoryBarrierBuffer();
    barrier();
    c[i] = c[i] + c[i];
    if (i == 0u) {
        counter = counter + 5u;
        counter = counter * 2u;
    }
}
