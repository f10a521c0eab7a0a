#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The largest value is kept by an atomic, except on the path that is thought to be alone.
//! buffer values u32[256] bits
//! buffer largest u32[1] zero
//! groups 4
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) buffer L { uint largest; };
void main() {
    uint value = values[gl_GlobalInvocationID.x] | 1u;
#ifdef FAULT
    if (gl_GlobalInvocationID.x == 0u) largest = value;  // subtle fault: data race
    else atomicMax(largest, value);  // subtle fault: data race
#else
    atomicMax(largest, value);
#endif
}
