#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The next one of the last one is nowhere.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
//! buffer words u32[8] values 4 5 6 7
//! buffer addresses u64[4] addresses words
//! buffer counts u32[4] values 1 2 3 4
//! buffer sums u32[4] zero
layout(local_size_x = 4) in;
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Word { uint value; };
layout(binding = 0) readonly buffer A { uint64_t addresses[]; };
layout(binding = 1) readonly buffer C { uint counts[]; };
layout(binding = 2) writeonly buffer S { uint sums[]; };
void main() {
    uint sum = 0u, i = gl_LocalInvocationID.x;
    for (uint k = 0u; k < counts[i]; ++k) {
        uint64_t at = k < 3u ? addresses[k] : 0ul;
#ifndef FAULT
        if (at == 0ul) break;
#endif
        sum += Word(at).value;  // subtle fault: bad address
    }
    sums[i] = sum;
}
