#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A stack of Treiber: nodes are pushed by compare and swap, and all of them are taken at once.
#extension GL_KHR_memory_scope_semantics : require
#pragma use_vulkan_memory_model
//! buffer head u32[1] zero
//! buffer nodes u32[130] zero
//! buffer arrived u32[1] zero
//! buffer total u32[1] zero
//! groups 2
//! expect total 2080
layout(local_size_x = 32) in;
struct Node { uint next, value; };
layout(binding = 0) buffer H { uint head; };
layout(binding = 1) buffer N { Node nodes[]; };
layout(binding = 2) buffer A { uint arrived; };
layout(binding = 3) writeonly buffer T { uint total; };
void main() {
    uint node = gl_GlobalInvocationID.x + 1u;
    nodes[node].value = node;
    uint top = atomicLoad(head, gl_ScopeDevice, 0, gl_SemanticsRelaxed);
    for (;;) {
        nodes[node].next = top;
        uint seen = atomicCompSwap(head, top, node, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease, 0,
                                   gl_SemanticsRelaxed);
        if (seen == top) break;
        top = seen;
    }
    if (atomicAdd(arrived, 1u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease) != 63u) return;
    uint sum = 0u;
    uint at = atomicExchange(head, 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquire);
    for (; at != 0u; at = nodes[at].next) sum += nodes[at].value;
    total = sum;
}
