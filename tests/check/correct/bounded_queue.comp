#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A bounded queue of many producers and consumers: each slot has a sequence that says whose turn it is (Vyukov 2010).
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer slots u32[16] zero
//! buffer ends u32[2] zero
//! buffer received u32[32] zero
//! groups 64
//! unordered received
layout(local_size_x = 1) in;
struct Slot { uint turn, value; };
layout(binding = 0) buffer S { Slot slots[8]; };
layout(binding = 1) buffer E { uint tail, front; } ends;
layout(binding = 2) writeonly buffer R { uint received[]; };
void await(uint slot, uint turn) {
    while (atomicLoad(slots[slot].turn, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire) != turn) {}
}
void pass_on(uint slot, uint turn) {
    atomicStore(slots[slot].turn, turn, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
}
void main() {
    if (gl_WorkGroupID.x % 2u == 0u) {
        uint place = atomicAdd(ends.tail, 1u), slot = place % 8u;
        await(slot, 2u * (place / 8u));
        slots[slot].value = 100u + place;
        pass_on(slot, 2u * (place / 8u) + 1u);
    } else {
        uint place = atomicAdd(ends.front, 1u), slot = place % 8u;
        await(slot, 2u * (place / 8u) + 1u);
        received[place] = slots[slot].value;
        pass_on(slot, 2u * (place / 8u) + 2u);
    }
}
