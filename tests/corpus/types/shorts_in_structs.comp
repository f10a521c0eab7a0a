#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 16-bit members between wider ones, with their small alignments, in a uniform buffer and push constants too.
//! needs i16 storage_16 uniform_16 scalar_16
//! buffer items u16[60] bits
//! buffer settings u16[32] index
//! buffer result u16[60] zero
//! scalar by u16 3
//! scalar shift u16 5
//! scalar more u32 70000
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 8) in;
struct Item { uint16_t a; u16vec3 b; uint c; uint16_t d[2]; };
layout(std430, binding = 0) readonly buffer A { Item items[]; };
layout(std140, binding = 1) uniform S { uint16_t first; u16vec2 second; uint16_t list[2]; } settings;
layout(std430, binding = 2) buffer R { Item result[]; };
layout(push_constant) uniform P { uint16_t by; uint16_t shift; uint more; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= uint(items.length())) return;
    Item x = items[i];
    x.a = x.a * by + settings.first;
    x.b = x.b.zxy + settings.second.yxx;
    x.c += more << uint(shift);
    x.d[1] = settings.list[1] ^ x.d[0];
    result[i] = x;
}
