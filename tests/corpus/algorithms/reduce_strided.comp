#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A reduction that strides over the grid, vectors of four at a time, with a tail.
//! buffer values u32[1022] whole 0 100000
//! buffer partial u32[4] zero
//! scalar count u32 1022
//! groups 4
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) buffer P { uint partial[]; };
layout(push_constant) uniform C { uint count; };
shared uvec4 tile[32];
void main() {
    uint t = gl_LocalInvocationIndex, step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    uvec4 sum = uvec4(0u);
    uint i = gl_GlobalInvocationID.x;
    for (; 4u * i + 3u < count; i += step) {
        sum += uvec4(values[4u * i], values[4u * i + 1u], values[4u * i + 2u], values[4u * i + 3u]);
    }
    if (4u * i < count)
        for (uint k = 4u * i; k < count; ++k) sum.x += values[k];
    tile[t] = sum;
    for (uint s = 16u; s > 0u; s >>= 1) {
        barrier();
        if (t < s) tile[t] += tile[t + s];
    }
    if (t == 0u) partial[gl_WorkGroupID.x] = tile[0].x + tile[0].y + tile[0].z + tile[0].w;
}
