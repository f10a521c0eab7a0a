#version 450
// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps one workgroup busy for a time that grows with n: a chain that no compiler shortens.
layout(local_size_x = 32) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    uint x = data[gl_LocalInvocationIndex] | 1u;
    for (uint i = 0u; i < n; ++i) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
    }
    data[gl_LocalInvocationIndex] = x;
}
