#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of one name for different types, declared before they are defined.
//! buffer a i32[64] whole -50 50
//! buffer result i32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
int twice(int x);
uint twice(uint x);
float twice(float x);
ivec2 twice(ivec2 x);
void main() {
    uint i = gl_GlobalInvocationID.x;
    int x = a[i];
    result[i] = twice(x) + int(twice(uint(x * x))) + int(twice(float(x))) + twice(ivec2(x, 3)).y;
}
int twice(int x) { return 2 * x; }
uint twice(uint x) { return 2u * x + 1u; }
float twice(float x) { return x + x; }
ivec2 twice(ivec2 x) { return x.yx * twice(2); }
