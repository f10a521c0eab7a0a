#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Between 32-bit integers, floats and booleans, also of values that just fit.
//! buffer a i32[64] bits
//! buffer f f32[64] values 0 -0.5 0.5 1.5 -1.5 2147483520 -2147483648 4294967040 16777216 -3.99 3.99 65535.5 0.999 -0.999 100 7
//! buffer result u32[512] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) readonly buffer F { float f[]; };
layout(binding = 2) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    int x = a[i] >> 8;
    float y = f[i];
    result[8u * i] = floatBitsToUint(float(x));
    result[8u * i + 1u] = floatBitsToUint(float(uint(x) & 0xffffffu));
    result[8u * i + 2u] = y < 2147483648.0 ? uint(int(y)) : 0u;
    result[8u * i + 3u] = y > -1.0 ? uint(y) : 0u;
    result[8u * i + 4u] = uint(bool(y)) + 2u * uint(bool(x & 1)) + 4u * uint(bool(uint(x) & 2u));
    result[8u * i + 5u] = floatBitsToUint(float(y > 1.0)) ^ uint(int(x < 0));
    result[8u * i + 6u] = floatBitsToUint(vec2(ivec2(x & 255, 3)).x) + uint(ivec2(bvec2(true, x > 0)).y);
    result[8u * i + 7u] = uint(x);
}
