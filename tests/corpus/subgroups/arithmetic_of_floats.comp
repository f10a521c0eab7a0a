#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums, products, minima and maxima of whole floats.
//! needs subgroup.basic subgroup.arithmetic
//! buffer a f32[64] whole -2 2
//! buffer ok u32[64] zero
//! expect ok 1
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer O { uint ok[]; };
shared float all_values[64];
void main() {
    uint first = gl_SubgroupID * gl_SubgroupSize, place = gl_SubgroupInvocationID;
    float x = a[gl_LocalInvocationIndex];
    all_values[first + place] = x;
    barrier();
    vec4 upto = vec4(0.0, 1.0, 100.0, -100.0), mine = upto;
    for (uint k = 0u; k < gl_SubgroupSize; ++k) {
        float y = all_values[first + k];
        upto = vec4(upto.x + y, upto.y * y, min(upto.z, y), max(upto.w, y));
        if (k == place) mine = upto;
    }
    bool right = vec4(subgroupAdd(x), subgroupMul(x), subgroupMin(x), subgroupMax(x)) == upto;
    right = right && vec4(subgroupInclusiveAdd(x), subgroupInclusiveMul(x), subgroupInclusiveMin(x), subgroupInclusiveMax(x)) == mine;
    ok[gl_LocalInvocationIndex] = uint(right && subgroupExclusiveAdd(vec2(x, 1.0)) == vec2(mine.x - x, float(place)));
}
