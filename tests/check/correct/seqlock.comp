#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A sequence lock: one writes two words that belong together, the others read them without a lock, and again where they
// were just being written. The words are relaxed atomics, fences do the rest (Boehm 2012).
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer sequence u32[1] zero
//! buffer pair u32[2] zero
//! buffer torn u32[8] zero
//! groups 8
//! expect torn 0
layout(local_size_x = 1) in;
layout(binding = 0) buffer Q { uint sequence; };
layout(binding = 1) buffer P { uint pair[2]; };
layout(binding = 2) writeonly buffer T { uint torn[]; };
uint look(uint at) { return atomicLoad(pair[at], gl_ScopeDevice, 0, gl_SemanticsRelaxed); }
void put(uint at, uint value) { atomicStore(pair[at], value, gl_ScopeDevice, 0, gl_SemanticsRelaxed); }
void main() {
    if (gl_WorkGroupID.x == 0u) {
        for (uint k = 1u; k <= 16u; ++k) {
            atomicStore(sequence, 2u * k - 1u, gl_ScopeDevice, 0, gl_SemanticsRelaxed);
            memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
            put(0u, k);
            put(1u, 3u * k);
            atomicStore(sequence, 2u * k, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
        }
        torn[0] = 0u;
        return;
    }
    uint first, second, before, after;
    do {
        before = atomicLoad(sequence, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
        first = look(0u);
        second = look(1u);
        memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
        after = atomicLoad(sequence, gl_ScopeDevice, 0, gl_SemanticsRelaxed);
    } while (before != after || before % 2u == 1u);
    torn[gl_WorkGroupID.x] = second == 3u * first ? 0u : 1u;
}
