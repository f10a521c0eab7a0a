#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys inserted with open addressing by compare and swap, then looked up.
//! buffer keys u32[128] bits
//! buffer slots u32[512] zero
//! buffer found u32[128] zero
//! unordered slots
//! fails vulkan_swiftshader_device * SwiftShader reads slots as empty that the same invocation has filled
//! expect found 1
//! refused wgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused dawn* WGSL has no fence, and this one orders accesses to buffers beside atomics.
//! refused webgpu* WGSL has no fence, and this one orders accesses to buffers beside atomics.
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer K { uint keys[]; };
layout(binding = 1) coherent buffer T { uint ignored; uint table[]; } slots;
layout(binding = 2) buffer F { uint found[]; };
// Which of two keys that want one slot comes first is left open.
uint place_of(uint key) {
    key = (key ^ key >> 16) * 0x85ebca6bu;
    return (key ^ key >> 13) & 255u;
}
uint table_keys(uint at, uint expected, uint key) { return atomicCompSwap(slots.table[at], expected, key); }
void main() {
    uint key = keys[gl_GlobalInvocationID.x] | 1u, at = place_of(key);
    for (int tries = 0; tries < 256; ++tries) {
        uint old = table_keys(at, 0u, key);
        if (old == 0u || old == key) break;
        at = at + 1u & 255u;
    }
    memoryBarrierBuffer();
    barrier();
    at = place_of(key);
    uint hit = 0u;
    while (true) {
        uint there = table_keys(at, 0u, 0u);
        if (there == key) hit = 1u;
        if (there == key || there == 0u) break;
        at = at + 1u & 255u;
    }
    found[gl_GlobalInvocationID.x] = hit;
}
