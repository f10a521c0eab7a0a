#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Ballots and what is counted and found in them.
//! needs subgroup.basic subgroup.ballot
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex];
    all_values[first + place] = x;
    barrier();
    uvec4 mask = subgroupBallot((x & 1u) != 0u), slow = uvec4(0u);
    uint count = 0u, below = 0u, lowest = 999u, highest = 999u;
    for (uint k = 0u; k < gl_SubgroupSize; ++k) {
        if ((all_values[first + k] & 1u) == 0u) continue;
        slow[k >> 5] |= 1u << (k & 31u);
        ++count;
        if (k < place) ++below;
        if (lowest == 999u) lowest = k;
        highest = k;
    }
    bool right = mask == slow && subgroupBallotBitCount(mask) == count && subgroupBallotExclusiveBitCount(mask) == below;
    right = right && subgroupBallotInclusiveBitCount(mask) == below + (x & 1u);
    right = right && subgroupInverseBallot(mask) == ((x & 1u) != 0u) && subgroupBallotBitExtract(mask, place) == ((x & 1u) != 0u);
    if (count > 0u) right = right && subgroupBallotFindLSB(mask) == lowest && subgroupBallotFindMSB(mask) == highest;
    ok[gl_LocalInvocationIndex] = uint(right);
}
