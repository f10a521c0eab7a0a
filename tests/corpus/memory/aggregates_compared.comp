#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Structs and arrays are compared whole, and assigned between layouts.
//! buffer a u32[32] values 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 9
//! buffer b u32[64] zero
//! buffer result u32[4] zero
//! expect result 0 1 1 0
layout(local_size_x = 1) in;
struct Item { uint n[4]; uvec2 v; uint w[2]; };
layout(std430, binding = 0) readonly buffer A { Item a[4]; };
layout(std140, binding = 1) buffer B { Item b[2]; };
layout(std430, binding = 2) buffer R { uint result[4]; };
void main() {
    Item x = a[0], y = a[1];
    result[0] = uint(x == y);
    result[1] = uint(x == a[2]);
    result[2] = uint(x.n == y.n);
    b[0] = x;
    Item z = b[0];
    z.w[1]++;
    result[3] = uint(x == z || z != y);
}
