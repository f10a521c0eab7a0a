#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The workgroup that finishes last, by a counter, sums what all others wrote.
//! buffer a u32[512] whole 0 1000
//! buffer partial u32[8] zero
//! buffer done u32[1] zero
//! buffer total u32[1] zero
//! groups 8
//! expect total by total
//! expect done 8
//! refused wgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused dawn* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused webgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) coherent buffer P { uint partial[]; };
layout(binding = 2) buffer D { uint done[1]; };
layout(binding = 3) buffer T { uint total[1]; };
shared uint sum, place;
void main() {
    uint t = gl_LocalInvocationIndex;
    if (t == 0u) sum = 0u;
    barrier();
    atomicAdd(sum, a[gl_GlobalInvocationID.x]);
    barrier();
    if (t == 0u) {
        partial[gl_WorkGroupID.x] = sum;
        memoryBarrierBuffer();
        place = atomicAdd(done[0], 1u);
    }
    barrier();
    if (place == gl_NumWorkGroups.x - 1u && t == 0u) {
        memoryBarrierBuffer();
        uint all = 0u;
        for (uint k = 0u; k < gl_NumWorkGroups.x; ++k) all += partial[k];
        total[0] = all;
    }
}
