#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The masks of lower, equal and higher places.
//! needs subgroup.basic subgroup.ballot
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
layout(local_size_x = 64) in;
layout(binding = 0) buffer O { uint ok[]; };
void main() {
    uint place = gl_SubgroupInvocationID;
    uvec4 below = uvec4(0u), all_bits = uvec4(0u), mine = uvec4(0u);
    for (uint k = 0u; k < gl_SubgroupSize; ++k) {
        all_bits[k >> 5] |= 1u << (k & 31u);
        if (k < place) below[k >> 5] |= 1u << (k & 31u);
        if (k == place) mine[k >> 5] |= 1u << (k & 31u);
    }
    bool right = gl_SubgroupEqMask == mine && gl_SubgroupLtMask == below && gl_SubgroupLeMask == (below | mine);
    right = right && gl_SubgroupGeMask == (all_bits & ~below) && gl_SubgroupGtMask == (all_bits & ~below & ~mine);
    ok[gl_LocalInvocationIndex] = uint(right && (subgroupBallot(true) & mine) == mine);
}
