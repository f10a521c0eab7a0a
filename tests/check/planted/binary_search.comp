#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The upper end is outside: whoever looks for more than the largest reads it.
//! buffer sorted_keys u32[100] index
//! buffer wanted u32[32] values 3 99 0 100 57
//! buffer places u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer K { uint sorted_keys[]; };
layout(binding = 1) readonly buffer W { uint wanted[]; };
layout(binding = 2) writeonly buffer P { uint places[]; };
void main() {
    uint key = wanted[gl_GlobalInvocationID.x], low = 0u, high = sorted_keys.length();
#ifdef FAULT
    while (low <= high) {
#else
    while (low < high) {
#endif
        uint middle = (low + high) / 2u;
        if (sorted_keys[middle] < key) low = middle + 1u;  // subtle fault: out of bounds
        else if (middle == low) break;
        else high = middle;
    }
    places[gl_GlobalInvocationID.x] = low;
}
