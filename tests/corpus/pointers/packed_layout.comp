#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Behind addresses too members have the scalar layout and offsets that are given.
//! needs buffer_address scalar_layout
//! buffer table u64[1] addresses data
//! buffer data u32[32] index
//! buffer result u32[16] zero
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_scalar_block_layout : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 1) in;
struct Item { uvec3 v; uint n; uvec2 w; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Data {
    uint head;
    Item items[2];
    layout(offset = 80) uvec3 tail;
};
layout(binding = 0) buffer T { Data table; };
layout(binding = 1) buffer R { uint result[16]; };
void main() {
    Item x = table.items[1];
    result[0] = table.head;
    for (int k = 0; k < 3; ++k) result[1 + k] = x.v[k];
    result[4] = x.n;
    result[5] = x.w.y;
    result[6] = table.tail.z;
    table.items[0].w = table.tail.zx;
}
