#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 8- and 16-bit types in shared memory.
//! needs i8 i16 f16
//! buffer a u32[64] bits
//! buffer result u32[64] zero
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
shared uint8_t bytes[64];
shared i16vec2 shorts[64];
shared float16_t halves[64];
void main() {
    uint t = gl_LocalInvocationIndex, x = a[t];
    bytes[t] = uint8_t(x);
    shorts[t] = i16vec2(x >> 8, x >> 16);
    halves[t] = float16_t(x >> 21);
    barrier();
    uint r = uint(bytes[63u - t]) + uint(bytes[t ^ 1u]) * 256u;
    result[t] = r + (uint(int(shorts[t ^ 3u].x - shorts[63u - t].y)) << 12) + uint(halves[t ^ 5u] * 0.5hf);
}
