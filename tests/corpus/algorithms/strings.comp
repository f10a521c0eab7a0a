#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes of a text counted by words: state machines per part, joined by a scan of their maps.
//! buffer text u32[64] bits
//! buffer states u32[64] zero
//! expect states by word_states
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint text[]; };
layout(binding = 1) buffer S { uint states[]; };
shared uint maps[64];
const uint next_state[2][3] = uint[2][3](uint[3](1u, 2u, 0u), uint[3](0u, 0u, 2u));
uint composed(uint first, uint second) {
    uint r = 0u;
    for (uint s = 0u; s < 3u; ++s) r |= (second >> (2u * (first >> (2u * s) & 3u)) & 3u) << (2u * s);
    return r;
}
void main() {
    uint t = gl_LocalInvocationIndex, map = 0u;
    for (uint s = 0u; s < 3u; ++s) {
        uint state = s;
        for (uint k = 0u; k < 32u; ++k) state = next_state[text[t] >> k & 1u][state];
        map |= state << (2u * s);
    }
    maps[t] = map;
    for (uint step = 1u; step < 64u; step *= 2u) {
        barrier();
        uint before = t >= step ? maps[t - step] : 36u;
        barrier();
        maps[t] = composed(before, maps[t]);
    }
    states[t] = maps[t] & 3u;
}
