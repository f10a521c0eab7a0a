#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A case waits for all, and two invocations take another one.
//! buffer kinds u32[32] values 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0
//! buffer out_values u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer K { uint kinds[]; };
layout(binding = 1) writeonly buffer O { uint out_values[]; };
shared uint tile[32];
void main() {
    uint i = gl_LocalInvocationID.x;
    tile[i] = i;
#ifdef FAULT
    uint kind = kinds[i];
#else
    uint kind = 1u;
#endif
    switch (kind) {
        case 1u:
            barrier();  // subtle fault: barrier
            break;
        default:
            tile[i] = 0u;
    }
    out_values[i] = tile[i];
}
