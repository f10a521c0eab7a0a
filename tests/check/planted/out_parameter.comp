#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A function that finds nothing leaves its result as it was.
//! buffer keys u32[16] index
//! buffer wanted u32[32] index
//! buffer places u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer K { uint keys[]; };
layout(binding = 1) readonly buffer W { uint wanted[]; };
layout(binding = 2) writeonly buffer P { uint places[]; };
void find(uint key, out uint place) {
#ifndef FAULT
    place = ~0u;
#endif
    for (uint k = 0u; k < 16u; ++k)
        if (keys[k] == key) place = k;
}
void main() {
    uint place;
    find(wanted[gl_LocalInvocationID.x], place);  // subtle fault: uninitialized
    places[gl_LocalInvocationID.x] = place;
}
