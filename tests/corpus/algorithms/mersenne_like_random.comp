#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Three generators: a linear one with permutation, xorshift, and a counter with rounds.
//! buffer result u32[192] zero
//! scalar seed u32 20250817
//! expect result by random_numbers
layout(local_size_x = 64) in;
layout(binding = 0) buffer R { uint result[][3]; };
layout(push_constant) uniform P { uint seed; };
uint permuted(inout uint state) {
    uint old = state;
    state = old * 747796405u + 2891336453u;
    uint word = (old >> ((old >> 28) + 4u) ^ old) * 277803737u;
    return word >> 22 ^ word;
}
uint shifted(inout uint x) {
    x ^= x << 13;
    x ^= x >> 17;
    return x ^= x << 5;
}
uvec2 rounds(uvec2 counter, uint key) {
    for (int k = 0; k < 7; ++k) {
        uint high, low;
        umulExtended(counter.x, 0xd256d193u, high, low);
        counter = uvec2(high ^ key ^ counter.y, low);
        key += 0x9e3779b9u;
    }
    return counter;
}
void main() {
    uint i = gl_GlobalInvocationID.x, a = seed + i, b = a | 1u;
    for (int k = 0; k < 3; ++k) permuted(a);
    for (int k = 0; k < 5; ++k) shifted(b);
    result[i][0] = permuted(a);
    result[i][1] = b;
    result[i][2] = rounds(uvec2(i, 7u), seed).x;
}
