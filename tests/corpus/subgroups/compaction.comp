#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values that pass a test are written one behind the other; a ballot gives their places in the subgroup.
//! needs subgroup.basic subgroup.ballot
//! buffer a u32[256] bits
//! buffer kept u32[256] zero
//! buffer count u32[2] zero
//! groups 4
//! expect count by count_of_multiples
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer K { uint kept[]; };
layout(binding = 2) buffer C { uint count[2]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i];
    bool keep = x % 3u == 0u;
    uvec4 mask = subgroupBallot(keep);
    uint first = 0u;
    if (subgroupElect()) first = atomicAdd(count[0], subgroupBallotBitCount(mask));
    first = subgroupBroadcastFirst(first);
    uint place = first + subgroupBallotExclusiveBitCount(mask);
    if (keep) {
        atomicAdd(kept[place], 1u);
        atomicAdd(count[1], x);
    }
}
