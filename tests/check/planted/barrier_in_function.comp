#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A function that waits is called by a part of the workgroup.
//! buffer values u32[64] values 1 2 3 4 5 6 7 8 9 10 11 12 13 14 0 16
layout(local_size_x = 64) in;
layout(binding = 0) buffer V { uint values[]; };
shared uint tile[64];
void put(uint i, uint value) {
    tile[i] = value;
    barrier();  // subtle fault: barrier
}
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    if (values[i] != 0u) put(i, values[i]);
    else tile[i] = 0u;
#else
    put(i, values[i]);
#endif
    values[i] = tile[i];
}
