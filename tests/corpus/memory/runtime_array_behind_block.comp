#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A runtime array behind members of fixed size; its length follows from the buffer's size.
//! buffer list u32[27] index
//! buffer result u32[4] zero
//! expect result 7 16 85 25
layout(local_size_x = 1) in;
struct Item { uint key; uvec2 value; };
layout(std430, binding = 0) buffer A {
    uint count;
    uint skip;
    uvec2 pad;
    uint items[];
} list;
layout(std430, binding = 1) buffer R { uint result[4]; };
void main() {
    result[0] = list.items[3];
    result[1] = list.items.length() - 7;
    uint sum = 0u;
    for (int k = 0; k < 10; ++k) sum += list.items[k];
    result[2] = sum;
    list.items[list.items.length() - 1] -= 1u;
    result[3] = list.items[22];
}
