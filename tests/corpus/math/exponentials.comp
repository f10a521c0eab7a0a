#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// exp, exp2, log, log2.
//! buffer a f32[64] random 1.1 8
//! buffer powers f32[128] zero
//! buffer logarithms f32[128] zero
//! near powers 19 0 exp and exp2 are within 3 + 2 |x| ulp
//! near logarithms 3 0.000001 log and log2 are within 3 ulp, 2^-21 between 0.5 and 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer P { vec2 powers[]; };
layout(binding = 2) buffer L { vec2 logarithms[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = (i & 1u) == 0u ? a[i] : -a[i];
    powers[i] = vec2(exp(x), exp2(x));
    logarithms[i] = log(vec2(a[i], 0.0)) + vec2(0.0, 1.0 / 0.5);
    logarithms[i].y = log2(a[i]);
}
