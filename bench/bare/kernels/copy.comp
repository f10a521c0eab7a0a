#version 450
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies 16 bytes per step. A workgroup owns `per_invocation * local size` consecutive vectors and
// walks them side by side, so that each load of a subgroup is one run of memory.
layout(local_size_x = 256) in;
layout(constant_id = 0) const uint per_invocation = 1;
layout(set = 0, binding = 0) readonly buffer From { uvec4 from[]; };
layout(set = 0, binding = 1) writeonly buffer To { uvec4 to[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    uint first = group * (gl_WorkGroupSize.x * per_invocation) + gl_LocalInvocationIndex;
    if (first + (per_invocation - 1u) * gl_WorkGroupSize.x < n) {
        uvec4 values[per_invocation];
        for (uint i = 0u; i < per_invocation; ++i) values[i] = from[first + i * gl_WorkGroupSize.x];
        for (uint i = 0u; i < per_invocation; ++i) to[first + i * gl_WorkGroupSize.x] = values[i];
    } else {
        for (uint i = first; i < n; i += gl_WorkGroupSize.x) {
            if (i < first + per_invocation * gl_WorkGroupSize.x) to[i] = from[i];
        }
    }
}
