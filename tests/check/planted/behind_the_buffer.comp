#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An address that is counted on past the end of the buffer it came from.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
//! buffer words u32[64] index
//! buffer addresses u64[1] addresses words
//! buffer sums u32[64] zero
layout(local_size_x = 64) in;
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Word { uint value; };
layout(binding = 0) readonly buffer A { uint64_t addresses[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
    uint64_t at = addresses[0] + 4ul * i;
#ifdef FAULT
    sums[i] = Word(at).value + Word(at + 4ul).value;  // subtle fault: bad address
#else
    sums[i] = Word(at).value + (i < 63u ? Word(at + 4ul).value : 0u);
#endif
}
