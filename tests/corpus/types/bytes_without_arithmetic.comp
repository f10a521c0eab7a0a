#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 8- and 16-bit integers that are only loaded, stored and converted.
//! needs storage_8 storage_16
//! buffer a u8[64] bits
//! buffer b i16[64] bits
//! buffer result u8[64] zero
//! buffer wide i32[64] zero
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint8_t a[]; };
layout(binding = 1) readonly buffer B { int16_t b[]; };
layout(binding = 2) buffer R { uint8_t result[]; };
layout(binding = 3) buffer W { int wide[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint x = uint(a[i]);
    int y = int(b[i]);
    wide[i] = int(x) * y;
    result[i] = uint8_t(x + uint(y >> 5));
}
