#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A rotation by none shifts by the whole width of the word.
//! buffer words u32[64] bits
//! buffer turned u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer W { uint words[]; };
layout(binding = 1) writeonly buffer T { uint turned[]; };
void main() {
    uint by = gl_LocalInvocationID.x % 32u, word = words[gl_LocalInvocationID.x];
#ifdef FAULT
    turned[gl_LocalInvocationID.x] = word << by | word >> (32u - by);  // subtle fault: shift out of range
#else
    turned[gl_LocalInvocationID.x] = word << by | word >> (32u - by & 31u);
#endif
}
