#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Specialisation constants of each type, set and left alone, and operations on them.
//! buffer result u32[16] zero
//! constant 0 20
//! constant 2 true
//! constant 3 -6
//! expect result 20 7 1 10 4 60 3 1
layout(local_size_x = 8) in;
layout(constant_id = 0) const uint count = 3u;
layout(constant_id = 1) const int kept = 7;
layout(constant_id = 2) const bool flag = false;
layout(constant_id = 3) const int negative = 5;
const uint half_count = count / 2u;
const int sum = negative + (flag ? 10 : 3);
layout(binding = 0) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint values[8] = uint[8](count, uint(kept), uint(flag), half_count, uint(sum), half_count * uint(-negative),
                             count & uint(kept) >> 0u & 3u | 3u, uint(count > 19u && flag));
    result[i] = values[i];
    result[i + 8u] = values[i];
}
