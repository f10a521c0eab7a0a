#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The invocations behind the end leave before the barrier: in the last workgroup alone.
//! buffer values u32[200] index
//! buffer turned u32[200] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer T { uint turned[]; };
shared uint tile[64];
void main() {
    uint i = gl_GlobalInvocationID.x, t = gl_LocalInvocationID.x;
#ifdef FAULT
    if (i >= values.length()) return;
    tile[t] = values[i];
#else
    if (i < values.length()) tile[t] = values[i];
#endif
    barrier();  // subtle fault: barrier
    uint in_group = min(64u, values.length() - 64u * gl_WorkGroupID.x);
    if (i < values.length()) turned[i] = tile[in_group - 1u - t];
}
