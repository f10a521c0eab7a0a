#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// && and || evaluate their right side only where it counts, as its side effects show.
//! buffer a i32[64] values 0 1 2 3
//! buffer calls i32[64] zero
//! buffer result i32[64] zero
//! expect calls 1 12 1 11
//! expect result 0 1 0 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer C { int calls[]; };
layout(binding = 2) buffer R { int result[]; };
int count = 0;
bool odd(int x) {
    count += 1;
    return (x & 1) != 0;
}
bool large(int x) {
    count += 10;
    return x > 2;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    int x = a[i], r = 0;
    if (odd(x) && large(x)) r = 2;
    else if ((x & 1) == 0 || (x & 1) == 0 && large(x)) r = 0;
    else if (!(x == 1) || odd(x)) r = 1;
    calls[i] = count;
    result[i] = r;
}
