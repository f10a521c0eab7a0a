#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of 32 numbers of 4 bits, two to a byte, with a scale and a smallest value.
//! buffer blocks u32[96] bits
//! buffer y f32[512] zero
layout(local_size_x = 16) in;
struct Block { uint scale_and_least; uint quants[4]; uint unused; };
layout(std430, binding = 0) readonly buffer A { Block blocks[]; };
layout(binding = 1) buffer Y { float y[]; };
void main() {
    uint b = gl_GlobalInvocationID.x;
    float scale = float((blocks[b].scale_and_least & 255u) + 1u) * 0.0078125;
    float least = float(int(blocks[b].scale_and_least << 8) >> 24);
    for (uint w = 0u; w < 4u; ++w)
        for (uint k = 0u; k < 4u; ++k) {
            uint byte = blocks[b].quants[w] >> (8u * k);
            y[32u * b + 4u * w + k] = float(byte & 15u) * scale + least;
            y[32u * b + 16u + 4u * w + k] = float(byte >> 4 & 15u) * scale + least;
        }
}
