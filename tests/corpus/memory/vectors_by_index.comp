#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Components chosen by an index that is not constant, in buffers, variables and values, read and written.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { uvec4 a[]; };
layout(binding = 1) buffer R { uvec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uvec4 v = a[i];
    uint at = v.x & 3u;
    v[at] = a[i][3u - at] ^ 5u;
    uvec3 w = v.wyx;
    w[i % 3u] += 7u;
    result[i][at] = w[(i + 1u) % 3u];
    result[i][at ^ 1u] = (v + w.xxyz)[i & 3u];
    result[i][at ^ 2u] = v[at];
}
