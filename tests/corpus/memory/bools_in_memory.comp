#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Booleans in shared memory, arrays, structs and vectors.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
struct Flags { bool low; bvec3 rest; };
shared bool odd[64];
shared Flags flags[64];
void main() {
    uint i = gl_LocalInvocationIndex;
    odd[i] = (a[i] & 1u) != 0u;
    flags[i] = Flags(a[i] < 0x40000000u, bvec3(uvec3(a[i]) & uvec3(2u, 4u, 8u)));
    bool list[3] = bool[3](odd[i], !odd[i], flags[i].rest.y);
    barrier();
    Flags other = flags[63u - i];
    uint r = uint(odd[i ^ 1u]) + 2u * uint(list[i % 3u]) + 4u * uint(other.low) + 8u * uint(all(other.rest));
    if (other.rest == flags[i].rest) r += 16u;
    result[i] = r + (any(not(other.rest)) ? 32u : 0u);
}
