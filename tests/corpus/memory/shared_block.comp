#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Shared memory with an explicit layout, seen as words and as bytes.
//! needs shared_8 i8
//! buffer a u32[16] bits
//! buffer result u32[64] zero
#extension GL_EXT_shared_memory_block : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared Words { uint words[16]; };
shared Bytes { uint8_t bytes[64]; };
void main() {
    uint i = gl_LocalInvocationIndex;
    words[i] = a[i];
    barrier();
    for (uint k = 0u; k < 4u; ++k) result[4u * i + k] = uint(bytes[63u - 4u * i - k]);
}
