#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// bitfieldExtract and bitfieldInsert, signed and unsigned, of no bits and of all.
//! buffer a u32[64] bits
//! buffer result u32[384] zero
//! expect result by bit_fields
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i];
    int offset = int(i & 31u), count = int((i * 7u + 3u) % uint(33 - offset));
    result[6u * i] = bitfieldExtract(x, offset, count);
    result[6u * i + 1u] = uint(bitfieldExtract(int(x), offset, count));
    result[6u * i + 2u] = bitfieldInsert(x, 0x5a5a5a5au, offset, count);
    result[6u * i + 3u] = bitfieldInsert(x, ~x, 0, 32);
    result[6u * i + 4u] = bitfieldExtract(x, 7, 0) + bitfieldInsert(x, 3u, 31, 0);
    result[6u * i + 5u] = bitfieldExtract(uvec2(x, ~x), 4, 8).y;
}
