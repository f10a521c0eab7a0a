#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An element of a buffer and one of a shared array are passed to be written.
//! buffer a u32[64] whole 0 99
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint table[64];
void bump(inout uint x, uint by) { x = 2u * x + by; }
void main() {
    uint i = gl_LocalInvocationIndex;
    table[i] = a[i];
    bump(table[i], 1u);
    barrier();
    bump(a[i], table[63u - i]);
    result[i] = a[i] + table[i];
}
