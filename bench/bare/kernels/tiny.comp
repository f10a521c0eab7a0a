#version 450
// SPDX-License-Identifier: MIT OR Apache-2.0
// One invocation, one dependent add: the least work that still has to be done in order.
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() {
    data[0] = data[0] * 3u + n;
}
