#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Within a branch the operations see only the invocations that took it.
//! needs subgroup.basic subgroup.arithmetic subgroup.ballot
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_ballot : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
void main() {
    uint x = a[gl_LocalInvocationIndex];
    uvec4 odd = subgroupBallot((x & 1u) != 0u), everyone = subgroupBallot(true);
    bool right = true;
    if ((x & 1u) != 0u) {
        right = subgroupAdd(1u) == subgroupBallotBitCount(odd) && subgroupBallot(true) == odd;
        if ((x & 2u) != 0u) right = right && subgroupAnd(x & 3u) == 3u;
    } else {
        right = subgroupAdd(1u) == subgroupBallotBitCount(everyone & ~odd);
        right = right && (subgroupBallot(true) & odd) == uvec4(0u);
    }
    right = right && subgroupAdd(1u) == subgroupBallotBitCount(everyone);
    ok[gl_LocalInvocationIndex] = uint(right);
}
