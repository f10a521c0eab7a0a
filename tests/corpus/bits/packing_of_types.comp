#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes to words, words to pairs, halves to words, and back, by bits alone.
//! needs i8 i16 i64 f16
//! buffer a u32[128] bits
//! buffer result u32[128] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uvec2 a[]; };
layout(binding = 1) buffer R { uvec2 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uvec2 x = a[i] & 0xbfffbfffu;
    u8vec4 bytes = unpack8(x.x);
    u16vec2 shorts = unpack16(x.y);
    f16vec4 halves = f16vec4(unpackFloat2x16(x.x), unpackFloat2x16(x.y));
    uint r = pack32(bytes.wxzy) ^ pack32(shorts.yx);
    r += packFloat2x16(halves.zx) + uint(pack16(bytes.yz));
    uvec2 pair = unpack32(pack64(u16vec4(shorts, unpack16(x.x))));
    i8vec2 parts = unpack8(int16_t(shorts.x));
    result[i] = uvec2(r, pair.x * 3u + pair.y + uint(float16BitsToUint16(halves.y)) + uint(int(parts.y)));
}
