#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An inclusive instead of an exclusive scan: the last item goes behind the end.
//! buffer flags u32[64] values 1 0 1 1
//! buffer kept u32[48] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer F { uint flags[]; };
layout(binding = 1) writeonly buffer K { uint kept[]; };
shared uint counts[64];
void main() {
    uint i = gl_LocalInvocationID.x;
    counts[i] = flags[i];
    for (uint step = 1u; step < 64u; step *= 2u) {
        barrier();
        uint before = i >= step ? counts[i - step] : 0u;
        barrier();
        counts[i] += before;
    }
#ifdef FAULT
    uint place = counts[i];
#else
    uint place = counts[i] - flags[i];
#endif
    if (flags[i] == 1u) kept[place] = i;  // subtle fault: out of bounds
}
