#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Reductions and scans of unsigned numbers by every operation.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
struct Sums { uint add, mul, low, high, all, any, odd; };
Sums walked(uint first, uint count) {
    Sums s = Sums(0u, 1u, ~0u, 0u, ~0u, 0u, 0u);
    for (uint k = first; k < first + count; ++k) {
        uint y = all_values[k];
        s = Sums(s.add + y, s.mul * y, min(s.low, y), max(s.high, y), s.all & y, s.any | y, s.odd ^ y);
    }
    return s;
}
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex] | 1u;
    all_values[first + place] = x;
    barrier();
    Sums whole = Sums(subgroupAdd(x), subgroupMul(x), subgroupMin(x), subgroupMax(x), subgroupAnd(x), subgroupOr(x),
                      subgroupXor(x));
    Sums inclusive = Sums(subgroupInclusiveAdd(x), subgroupInclusiveMul(x), subgroupInclusiveMin(x),
                          subgroupInclusiveMax(x), subgroupInclusiveAnd(x), subgroupInclusiveOr(x), subgroupInclusiveXor(x));
    Sums exclusive = Sums(subgroupExclusiveAdd(x), subgroupExclusiveMul(x), subgroupExclusiveMin(x),
                          subgroupExclusiveMax(x), subgroupExclusiveAnd(x), subgroupExclusiveOr(x), subgroupExclusiveXor(x));
    ok[gl_LocalInvocationIndex] = uint(whole == walked(first, gl_SubgroupSize) && inclusive == walked(first, place + 1u) &&
                                       exclusive == walked(first, place));
}
