#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The average of a bin that nobody is in.
//! buffer sums u32[16] index
//! buffer counts u32[16] values 4 3 2 1 5 0 7
//! buffer averages u32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer S { uint sums[]; };
layout(binding = 1) readonly buffer C { uint counts[]; };
layout(binding = 2) writeonly buffer A { uint averages[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    averages[i] = sums[i] / counts[i];  // subtle fault: division by zero
#else
    averages[i] = counts[i] != 0u ? sums[i] / counts[i] : 0u;
#endif
}
