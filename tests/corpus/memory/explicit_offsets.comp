#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Members at offsets and alignments that the kernel gives, with holes.
//! buffer a u32[32] index
//! buffer result u32[32] zero
//! expect result 0 0 0 0 109 108 0 0 0 0 0 0 113 0 0 0 116 117 118 119 0 0 0 0 20 0 0 0 0 0 0 0
layout(local_size_x = 1) in;
layout(std430, binding = 0) readonly buffer A {
    layout(offset = 16) uvec2 first;
    layout(offset = 32) uvec2 second;
    layout(align = 64) uvec4 third;
    layout(offset = 96) uint last;
    uint behind[4];
} a;
layout(std430, binding = 1) buffer R {
    layout(offset = 16) uvec2 first;
    layout(offset = 48) uint second;
    layout(align = 64) uvec4 third;
    layout(offset = 96) uint last;
} result;
void main() {
    result.first = a.second.yx + 100u;
    result.second = a.first.y + a.second.x + 100u;
    result.third = a.third + 100u;
    result.last = a.behind[1] - a.first.x - 2u;
}
