#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The condition of a loop calls a function that changes what the body reads; the body may be empty.
//! buffer a u32[64] index
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint state;
bool advance(inout uint x) {
    state = state * 1664525u + 1013904223u;
    if ((state >> 28) == 3u) return false;
    x += state >> 24;
    return x < 2000u;
}
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i], rounds = 0u;
    state = x;
    while (advance(x)) ++rounds;
    for (uint k = 0u; k < 3u && advance(x); advance(x), ++k) {}
    do {
    } while (advance(x) && (x & 1u) == 0u);
    result[i] = x * 64u + rounds;
}
