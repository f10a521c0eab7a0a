#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Values of any other invocation.
//! needs subgroup.basic subgroup.shuffle
//! buffer a u32[64] bits
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared uint all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID, x = a[gl_LocalInvocationIndex];
    all_values[first + place] = x;
    barrier();
    bool right = true;
    for (uint k = 0u; k < 5u; ++k) {
        uint from = (place * 3u + k) % gl_SubgroupSize;
        right = right && subgroupShuffle(x, from) == all_values[first + from];
    }
    for (uint mask = 1u; mask < gl_SubgroupSize; mask *= 2u)
        right = right && subgroupShuffleXor(x, mask) == all_values[first + (place ^ mask)];
    vec2 v = subgroupShuffle(vec2(x & 255u, place), gl_SubgroupSize - 1u - place);
    right = right && v == vec2(all_values[first + gl_SubgroupSize - 1u - place] & 255u, gl_SubgroupSize - 1u - place);
    ok[gl_LocalInvocationIndex] = uint(right);
}
