#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A struct and an array of vectors as push constants.
//! buffer result i32[16] zero
//! scalar s i32[6] 1 2 3 4 5 6
//! scalar list i32[8] 10 11 12 13 14 15 16 17
//! expect result 1 2 3 4 5 6 10 11 12 13 14 15 16 17 -1 21
layout(local_size_x = 1) in;
struct Parts { ivec2 a; int b[2]; ivec2 c; };
layout(push_constant) uniform Given {
    Parts s;
    ivec2 list[4];
};
layout(binding = 0) buffer R { int result[16]; };
void main() {
    result[0] = s.a.x;
    result[1] = s.a.y;
    result[2] = s.b[0];
    result[3] = s.b[1];
    result[4] = s.c.x;
    result[5] = s.c.y;
    for (int k = 0; k < 8; ++k) result[6 + k] = list[k >> 1][k & 1];
    result[14] = -1;
    Parts copy = s;
    result[15] = copy.a.x + copy.a.y + copy.b[0] + copy.b[1] + copy.c.x + copy.c.y;
}
