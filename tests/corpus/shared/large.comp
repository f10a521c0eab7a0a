#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sixteen kilobytes of shared memory, filled by few invocations.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uvec4 table[1024];
void main() {
    uint t = gl_LocalInvocationIndex;
    for (uint k = t; k < 1024u; k += 64u) table[k] = uvec4(k, k * a[t], a[t] >> (k >> 6), ~k);
    barrier();
    uint at = a[t] & 1023u, r = 0u;
    for (int k = 0; k < 16; ++k) {
        uvec4 v = table[at];
        r = r * 31u + v.x + v.w;
        at = v[1u + (v.x & 1u)] & 1023u;
    }
    result[t] = r;
}
