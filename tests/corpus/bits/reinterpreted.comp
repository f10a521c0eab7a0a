#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Floats as their bits and back, signs and exponents changed there.
//! buffer a f32[64] random -1000 1000
//! buffer result f32[192] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { vec3 result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    uint bits = floatBitsToUint(a[i]);
    int signed_bits = floatBitsToInt(a[i]);
    if (i < 48u) result[i].x = uintBitsToFloat(bits ^ 0x80000000u);
    if (i < 48u) result[i].yz = intBitsToFloat(ivec2(signed_bits + (1 << 23), signed_bits & 0x7fffff | 0x3f800000));
}
