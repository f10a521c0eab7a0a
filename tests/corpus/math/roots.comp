#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// sqrt and inversesqrt.
//! buffer a f32[64] random 0.01 1000
//! buffer squares f32[64] zero
//! buffer result f32[128] zero
//! buffer exact f32[64] zero
//! near result 4 0 inversesqrt is within 2 ulp, sqrt is one over it
//! near exact 4 0 sqrt
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer S { float squares[]; };
layout(binding = 2) buffer R { vec2 result[]; };
layout(binding = 3) buffer E { float exact[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = vec2(sqrt(a[i]), inversesqrt(a[i]));
    squares[i] = float(i * i);
    exact[i] = sqrt(float(i * i));
}
