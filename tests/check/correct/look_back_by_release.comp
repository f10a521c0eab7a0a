#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A scan in one pass by decoupled look-back (Merrill, Garland 2016), with release and acquire.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer values u32[1024] values 1
//! buffer sums u32[1024] zero
//! buffer ticket u32[1] zero
//! buffer states u32[48] zero
//! groups 16
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
layout(binding = 2) buffer T { uint ticket; };
struct State { uint known, part, whole; };
layout(binding = 3) buffer D { State states[]; };
shared uint tile[64];
shared uint group, before;
uint known(uint of) {
    return atomicLoad(states[of].known, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
}
void publish(uint of, uint what) {
    atomicStore(states[of].known, what, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
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
        states[group].part = tile[63];
        publish(group, 1u);
        uint sum = 0u;
        for (uint g = group; g > 0u;) {
            uint is = known(g - 1u);
            if (is == 0u) continue;
            sum += is == 2u ? states[g - 1u].whole : states[g - 1u].part;
            g = is == 2u ? 0u : g - 1u;
        }
        before = sum;
        states[group].whole = sum + tile[63];
        publish(group, 2u);
    }
    barrier();
    sums[i] = before + tile[t];
}
