#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A list of nodes in one buffer, followed by raw addresses, with a null at its end.
//! needs buffer_address i64
//! buffer table u64[4] addresses nodes
//! buffer nodes u32[256] index
//! buffer result u32[64] zero
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference2 : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(buffer_reference) buffer Node;
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Node { Node next; uint value; uint hops; };
layout(binding = 0) readonly buffer T { uint64_t table[4]; };
layout(binding = 1) buffer N { uvec4 nodes[]; };
layout(binding = 2) buffer R { uint result[]; };
void main() {
    uint i = gl_LocalInvocationIndex;
    Node first = Node(table[0]), mine = first + int(i);
    uint follower = i * 2u + 1u;
    mine.next = follower < 64u ? first + follower : Node(0ul);
    mine.value = i * i;
    mine.hops = 0u;
    memoryBarrierBuffer();
    barrier();
    uint sum = 0u, hops = 0u;
    for (Node at = mine; uint64_t(at) != 0ul; at = at.next) {
        sum += at.value;
        ++hops;
    }
    memoryBarrierBuffer();
    barrier();
    mine.hops = hops;
    mine.next = Node(0ul);
    result[i] = sum;
}
