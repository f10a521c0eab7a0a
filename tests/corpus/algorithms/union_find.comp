#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Components of a graph: parents are lowered by atomics until nothing changes.
//! buffer edges u32[96] whole 0 63
//! buffer parents u32[64] index
//! expect parents by components
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer E { uvec2 edges[]; };
layout(binding = 1) buffer P { uint parents[64]; };
shared uint label[64];
shared uint changed;
void main() {
    uint t = gl_LocalInvocationIndex;
    label[t] = t;
    do {
        barrier();
        if (t == 0u) changed = 0u;
        barrier();
        if (t < uint(edges.length())) {
            uvec2 e = edges[t];
            uint low = min(atomicAdd(label[e.x], 0u), atomicAdd(label[e.y], 0u));
            if (atomicMin(label[e.x], low) > low || atomicMin(label[e.y], low) > low) atomicOr(changed, 1u);
        }
        barrier();
    } while (changed != 0u);
    parents[t] = label[t];
}
