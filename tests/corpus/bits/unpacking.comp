#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Unpacking of normalised numbers: quotients by 255, 127, 65535 and 32767.
//! buffer a u32[64] bits
//! buffer result f32[768] zero
//! near result 3 0 division
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[3u * i] = unpackUnorm4x8(a[i]);
    result[3u * i + 1u] = unpackSnorm4x8(a[i]);
    result[3u * i + 2u] = vec4(unpackUnorm2x16(a[i]), unpackSnorm2x16(a[i]));
}
