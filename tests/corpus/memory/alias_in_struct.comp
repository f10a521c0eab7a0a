#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A member of a buffer is read again after another member was written through an index.
//! buffer a u32[8] values 1
//! buffer result u32[8] zero
//! expect result 1 1 5 9 1 1 1 8
layout(local_size_x = 1) in;
layout(binding = 0) buffer A { uint a[8]; };
layout(binding = 1) buffer R { uint result[8]; };
void main() {
    uint at = a[0] + 1u, before = a[2];
    a[at] = 5u;
    uint after = a[2];
    a[at] = after + before + 3u;
    a[3u * a[5]] = a[at];
    result[0] = before;
    result[1] = a[1];
    result[2] = after;
    result[3] = a[3];
    for (int k = 4; k < 7; ++k) result[k] = a[k];
    result[7] = a[2] - 1u;
}
