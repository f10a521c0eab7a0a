#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The guard of a short-circuit stands behind what it guards.
//! buffer text_bytes u32[96] values 1 1 0 1 1 1 1 1 0 1 1
//! buffer lengths u32[96] zero
//! groups 3
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer T { uint text_bytes[]; };
layout(binding = 1) writeonly buffer L { uint lengths[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, end = i;
#ifdef FAULT
    while (text_bytes[end] != 0u && end < text_bytes.length()) ++end;  // subtle fault: out of bounds
#else
    while (end < text_bytes.length() && text_bytes[end] != 0u) ++end;
#endif
    lengths[i] = end - i;
}
