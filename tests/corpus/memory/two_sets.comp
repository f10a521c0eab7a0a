#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers in several descriptor sets, declared out of order, with gaps between bindings.
//! buffer late u32[8] index
//! buffer early u32[8] values 100
//! buffer middle u32[8] values 1000
//! buffer result u32[8] zero
//! expect result 1100 1101 1102 1103 1104 1105 1106 1107
layout(local_size_x = 8) in;
layout(set = 1, binding = 3) readonly buffer L { uint late[]; };
layout(set = 2, binding = 0) writeonly buffer R { uint result[]; };
layout(set = 0, binding = 4) readonly buffer E { uint early[]; };
layout(set = 1, binding = 1) readonly buffer M { uint middle[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = late[i] + early[i] + middle[i];
}
