#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The right edge of a tile is filled in all workgroups but the last.
//! buffer values u32[256] index
//! buffer sums u32[256] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
shared uint tile[65];
void main() {
    uint i = gl_GlobalInvocationID.x, t = gl_LocalInvocationID.x;
    tile[t] = values[i];
    if (t == 63u) {
        if (i + 1u < values.length()) tile[64] = values[i + 1u];
#ifndef FAULT
        else tile[64] = 0u;
#endif
    }
    barrier();
    sums[i] = tile[t] + tile[t + 1u];  // subtle fault: uninitialized
}
