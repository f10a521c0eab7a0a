#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Rows of blocks of 32 signed bytes with a scale in 16 bits, times a vector; the scales are powers of two.
//! needs i8 storage_8 storage_16
//! buffer blocks u8[1088] bits
//! buffer x f32[128] whole -8 8
//! buffer y f32[8] zero
//! expect y by dot_q8
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_16bit_storage : require
layout(local_size_x = 8) in;
struct Block { uint16_t scale; int8_t quants[32]; };
layout(std430, binding = 0) readonly buffer A { Block blocks[]; };
layout(binding = 1) readonly buffer X { float x[]; };
layout(binding = 2) buffer Y { float y[]; };
void main() {
    uint row = gl_GlobalInvocationID.x;
    float sum = 0.0;
    for (uint b = 0u; b < 4u; ++b) {
        float scale = exp2(0.0) * ((uint(blocks[4u * row + b].scale) & 1u) == 0u ? 0.5 : 0.25);
        float part = 0.0;
        for (uint k = 0u; k < 32u; ++k) part += float(blocks[4u * row + b].quants[k]) * x[32u * b + k];
        sum += scale * part;
    }
    y[row] = sum;
}
