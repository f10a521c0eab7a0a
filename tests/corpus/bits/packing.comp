#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Packing to normalised numbers, of values inside and outside of their range, and to halves and back, of exact ones.
//! buffer a u32[64] bits
//! buffer values f32[256] random -1.2 1.2
//! buffer edges f32[4] values 2 -1.5 1 -1
//! buffer result u32[640] zero
//! fails wgpu_d3d12_* made the sign of a zero is lost, by FXC as it seems
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) readonly buffer V { vec4 values[]; };
layout(binding = 2) readonly buffer E { vec4 edges; };  // no constants: Mesa 22.3 packs those wrongly
layout(binding = 3) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i];
    vec4 v = values[i];
    result[10u * i] = packUnorm4x8(v);
    result[10u * i + 1u] = packSnorm4x8(v.wzyx);
    result[10u * i + 2u] = packUnorm2x16(v.xy);
    result[10u * i + 3u] = packSnorm2x16(v.zw);
    result[10u * i + 4u] = packHalf2x16(vec2(x & 0x7ffu, -int(x >> 24)));
    uint halves = x & 0xbfffbfffu;
    result[10u * i + 5u] = floatBitsToUint(unpackHalf2x16(halves).x);
    result[10u * i + 6u] = floatBitsToUint(unpackHalf2x16(halves).y);
    result[10u * i + 7u] = packHalf2x16(vec2(65504.0, -0.0));
    result[10u * i + 8u] = packUnorm4x8(edges);
    result[10u * i + 9u] = packSnorm4x8(edges);
}
