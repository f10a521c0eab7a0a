#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors of 64-bit integers; their pairs of words, taken apart and put together.
//! needs i64
//! buffer a u64[128] bits
//! buffer result u64[128] zero
//! buffer words u32[128] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { u64vec2 a[]; };
layout(binding = 1) buffer R { u64vec2 result[]; };
layout(binding = 2) buffer W { uvec2 words[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    u64vec2 x = a[i] * u64vec2(3ul, 5ul) + a[i].yx;
    uvec2 low = unpackUint2x32(x.x);
    words[i] = low.yx ^ uvec2(x);
    u16vec4 quarters = unpackUint4x16(x.y);
    x.y = pack64(u16vec4(quarters.wzy, uint16_t(7))) + uint64_t(x.x > x.y);
    result[i] = u64vec2(pack64(uvec2(low.y, 3u)), x.y);
}
