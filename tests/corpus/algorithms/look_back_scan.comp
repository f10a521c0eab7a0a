#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A scan in one pass: each workgroup looks back at the sums of those before it, and takes its place by a ticket.
//! assumes forward_progress
//! buffer values u32[1024] whole 0 100
//! buffer sums u32[1024] zero
//! buffer tickets u32[1] zero
//! buffer states u32[48] zero
//! groups 16
//! expect sums by inclusive_sums
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
layout(binding = 2) buffer T { uint tickets[1]; };
struct State { uint known, part, whole; };
layout(binding = 3) coherent buffer D { State states[]; };
const uint kPart = 1u, kWhole = 2u;
shared uint tile[64];
shared uint group, before;
uint look_back() {
    uint sum = 0u;
    for (uint g = group; g > 0u;) {
        uint known = atomicOr(states[g - 1u].known, 0u);
        memoryBarrierBuffer();
        if (known == kWhole) return sum + states[g - 1u].whole;
        if (known != kPart) continue;
        sum += states[g - 1u].part;
        --g;
    }
    return sum;
}
void main() {
    uint t = gl_LocalInvocationIndex;
    if (t == 0u) group = atomicAdd(tickets[0], 1u);
    barrier();
    uint i = 64u * group + t;
    tile[t] = values[i];
    for (uint step = 1u; step < 64u; step *= 2u) {
        barrier();
        uint x = t >= step ? tile[t - step] : 0u;
        barrier();
        tile[t] += x;
    }
    barrier();
    if (t == 0u) {
        states[group].part = tile[63];
        memoryBarrierBuffer();
        atomicExchange(states[group].known, kPart);
        before = look_back();
        states[group].whole = before + tile[63];
        memoryBarrierBuffer();
        atomicExchange(states[group].known, kWhole);
    }
    barrier();
    sums[i] = before + tile[t];
}
