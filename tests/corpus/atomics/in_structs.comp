#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Atomics on members of structs in arrays, chosen by data.
//! buffer a u32[256] bits
//! buffer bins u32[48] zero
//! groups 4
layout(local_size_x = 64) in;
struct Bin { uint count; uvec2 ends; uint sums[4]; };
layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) buffer B { Bin bins[]; };
void main() {
    uint x = a[gl_GlobalInvocationID.x], at = (x >> 8) % uint(bins.length());
    atomicAdd(bins[at].count, 1u);
    atomicMax(bins[at].ends.y, x);
    atomicMax(bins[at].ends[0], ~x);
    atomicAdd(bins[at].sums[x & 3u], x >> 16);
}
