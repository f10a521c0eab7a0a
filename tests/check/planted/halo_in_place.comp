#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A stencil in place: within a workgroup a tile keeps the old values, but not those at its edges.
//! buffer values u32[256] index
//! buffer smoothed u32[256] zero
//! groups 4
layout(local_size_x = 64) in;
#ifdef FAULT
layout(binding = 0) buffer V { uint values[]; };
#define TO values
layout(binding = 1) buffer O { uint smoothed[]; };
#else
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer O { uint smoothed[]; };
#define TO smoothed
#endif
shared uint tile[66];
void main() {
    uint i = gl_GlobalInvocationID.x, t = gl_LocalInvocationID.x + 1u;
    tile[t] = values[i];  // subtle fault: data race
    if (t == 1u) tile[0] = values[i == 0u ? 0u : i - 1u];  // subtle fault: data race
    if (t == 64u) tile[65] = values[min(i + 1u, 255u)];  // subtle fault: data race
    memoryBarrierBuffer();
    barrier();
    TO[i] = tile[t - 1u] + tile[t] + tile[t + 1u];  // subtle fault: data race
}
