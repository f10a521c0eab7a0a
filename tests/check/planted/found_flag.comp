#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// All that find something say so, plainly.
//! buffer values u32[256] index
//! buffer found u32[1] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) buffer F { uint found; };
void main() {
#ifdef FAULT
    if (values[gl_GlobalInvocationID.x] % 100u == 7u) found = 1u;  // fault: same-value race
#else
    if (values[gl_GlobalInvocationID.x] % 100u == 7u) atomicOr(found, 1u);
#endif
}
