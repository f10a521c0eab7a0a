#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The same with the state and the sum in one word, so that relaxed atomics are enough.
//! buffer values u32[1024] values 1
//! buffer sums u32[1024] zero
//! buffer ticket u32[1] zero
//! buffer states u32[16] zero
//! groups 16
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
layout(binding = 2) buffer T { uint ticket; };
layout(binding = 3) buffer D { uint states[]; };
shared uint tile[64];
shared uint group, before;
void main() {
    uint t = gl_LocalInvocationIndex;
    if (t == 0u) group = atomicAdd(ticket, 1u);
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
        atomicExchange(states[group], tile[63] << 2u | 1u);
        uint sum = 0u;
        for (uint g = group; g > 0u;) {
            uint state = atomicOr(states[g - 1u], 0u);
            if (state == 0u) continue;
            sum += state >> 2u;
            g = (state & 2u) != 0u ? 0u : g - 1u;
        }
        before = sum;
        atomicExchange(states[group], (sum + tile[63]) << 2u | 2u);
    }
    barrier();
    sums[i] = before + tile[t];
}
