#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Addresses of structs with arrays, matrices and vectors, in push constants and within structs.
//! needs buffer_address
//! buffer table u64[2] addresses source target
//! buffer source f32[40] index
//! buffer target f32[40] zero
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 1) in;
struct Part { vec3 v; float w[2]; mat2x3 m; };
layout(buffer_reference, std430) buffer Block { Part parts[2]; vec2 last; };
layout(binding = 0) buffer T { Block from; Block to; } table;
void copy(Block from, Block to, int at) {
    to.parts[at] = from.parts[1 - at];
    to.parts[at].m[1] = from.parts[at].v;
}
void main() {
    copy(table.from, table.to, 0);
    copy(table.from, table.to, 1);
    Block b = table.to;
    b.last.y = table.from.last.x + b.parts[0].w[1];
    b.parts[1].v.z = 7.0;
}
