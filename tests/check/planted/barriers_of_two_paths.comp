#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Both paths have a barrier, but they are two.
//! buffer values u32[64] index
layout(local_size_x = 64) in;
layout(binding = 0) buffer V { uint values[]; };
shared uint even[32], odd[32];
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    if (values[i] % 2u == 0u) {
        even[i / 2u] = values[i];
        barrier();  // fault: barrier
    } else {
        odd[i / 2u] = values[i];
        barrier();  // fault: barrier
    }
#else
    if (values[i] % 2u == 0u) even[i / 2u] = values[i];
    else odd[i / 2u] = values[i];
    barrier();
#endif
    values[i] = values[i] % 2u == 0u ? even[i / 2u] : odd[i / 2u];
}
