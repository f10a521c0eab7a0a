#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It follows a null pointer.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
layout(local_size_x = 1) in;
layout(buffer_reference, std430) buffer Node { uint value; };
layout(binding = 0) buffer Data { uvec2 heads[]; };
layout(binding = 1) buffer Sums { uint sums[]; };
void main() {
    Node node = Node(heads[gl_GlobalInvocationID.x]);
    sums[gl_GlobalInvocationID.x] = node.value;
}
