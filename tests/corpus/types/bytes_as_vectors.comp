#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors of bytes in buffers and values, converted to wider ones.
//! needs i8 storage_8
//! buffer a u8[256] bits
//! buffer sums i32[64] zero
//! buffer result u8[256] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_8bit_storage : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { u8vec4 a[]; };
layout(binding = 1) buffer S { int sums[]; };
layout(binding = 2) buffer R { i8vec4 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    u8vec4 x = a[i];
    i8vec4 y = i8vec4(a[i ^ 1u].wzyx);
    ivec4 wide = ivec4(x) * ivec4(y);
    sums[i] = wide.x + wide.y + wide.z + wide.w;
    y.xz += i8vec2(x.yy);
    result[i] = -y;
}
