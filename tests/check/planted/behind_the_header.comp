#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A header in front of the array counts for elements.
//! buffer list u32[36] index
//! buffer out_values u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer L { uint header[4]; uint items[]; } list;
layout(binding = 1) writeonly buffer O { uint out_values[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    out_values[i] = list.items[i + 4u];  // subtle fault: out of bounds
#else
    out_values[i] = list.items[i];
#endif
}
