#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A compaction takes its places from a counter that is no atomic.
//! buffer values u32[64] values 5 0 0 7 0
//! buffer kept u32[64] zero
//! buffer count u32[1] zero
//! unordered kept
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer K { uint kept[]; };
layout(binding = 2) buffer C { uint count; };
void main() {
    uint value = values[gl_LocalInvocationID.x];
    if (value != 0u) {
#ifdef FAULT
        uint place = count;
        count = place + 1u;      // fault: data race
        kept[place & 63u] = value;  // fault: data race
#else
        kept[atomicAdd(count, 1u)] = value;
#endif
    }
}
