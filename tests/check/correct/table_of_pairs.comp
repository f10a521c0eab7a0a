#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A hash table whose values are written plainly by who has taken the slot, and published with release.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer keys u32[128] whole 1 40
//! buffer slots u32[192] zero
//! buffer got u32[128] zero
//! groups 2
layout(local_size_x = 64) in;
struct Slot { uint key, ready, value; };
layout(binding = 0) readonly buffer K { uint keys[]; };
layout(binding = 1) buffer S { Slot slots[64]; };
layout(binding = 2) writeonly buffer G { uint got[]; };
void main() {
    uint key = keys[gl_GlobalInvocationID.x], at = key * 2654435761u >> 26u;
    bool mine = false;
    for (;; at = (at + 1u) % 64u) {
        uint there = atomicCompSwap(slots[at].key, 0u, key);
        mine = there == 0u;
        if (mine || there == key) break;
    }
    if (mine) {
        slots[at].value = key * key;
        atomicStore(slots[at].ready, 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
    }
    uint value = 0u;
    for (bool done = false; !done;) {
        if (atomicLoad(slots[at].ready, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != 0u) {
            value = slots[at].value;
            done = true;
        }
    }
    got[gl_GlobalInvocationID.x] = value;
}
