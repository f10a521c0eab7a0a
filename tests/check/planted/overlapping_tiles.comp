#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Tiles overlap by one: both workgroups write the element between them, with the same value.
//! buffer squares u32[253] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) writeonly buffer S { uint squares[]; };
void main() {
#ifdef FAULT
    uint i = gl_WorkGroupID.x * 63u + gl_LocalInvocationID.x;
    squares[i] = i * i;  // subtle fault: same-value race
#else
    uint i = gl_GlobalInvocationID.x;
    if (i < 253u) squares[i] = i * i;
#endif
}
