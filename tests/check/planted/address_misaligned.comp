#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Records of six bytes, read as if they lay on whole words.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
//! buffer records u32[48] index
//! buffer addresses u64[1] addresses records
//! buffer firsts u32[32] zero
layout(local_size_x = 32) in;
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Word { uint value; };
layout(binding = 0) readonly buffer A { uint64_t addresses[]; };
layout(binding = 1) writeonly buffer F { uint firsts[]; };
void main() {
    uint i = gl_LocalInvocationID.x;
#ifdef FAULT
    uint64_t at = addresses[0] + 6ul * i;
#else
    uint64_t at = addresses[0] + 6ul * i / 4ul * 4ul;
#endif
    firsts[i] = Word(at).value;  // fault: misaligned
}
