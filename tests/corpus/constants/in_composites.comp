#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors made of specialisation constants, arrays and structs that hold them.
//! buffer result i32[16] zero
//! constant 1 30
//! expect result 30 2 60 31 31 30 5 -30 2 30 60 7 30 30 2 1
layout(local_size_x = 1) in;
layout(constant_id = 1) const int a = 3;
layout(constant_id = 2) const int b = 2;
layout(binding = 0) buffer R { int result[]; };
struct Both { int x; ivec2 y; };
const ivec4 v = ivec4(a, b, a * b, a + 1);
void main() {
    int list[3] = int[3](a + 1, a, 5);
    Both both = Both(-a, ivec2(b, a));
    int k = 0;
    for (int j = 0; j < 4; ++j) result[k++] = v[j];
    for (int j = 0; j < 3; ++j) result[k++] = list[j];
    result[k++] = both.x;
    result[k++] = both.y.x;
    result[k++] = both.y.y;
    result[k++] = v.z;
    result[k++] = 7;
    result[k++] = v.x > v.y ? v.x : v.y;
    result[k++] = max(a, b);
    result[k++] = v.wy.y;
    result[k++] = int(a == 30 && b != 30);
}
