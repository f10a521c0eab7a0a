#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Steps until a point leaves, in fixed point of 64 bits.
//! needs i64
//! buffer steps u32[256] zero
//! groups 2 2
//! expect steps by mandelbrot
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) buffer S { uint steps[]; };
void main() {
    uvec2 at = gl_GlobalInvocationID.xy;
    int64_t cx = int64_t(at.x) * 12288l - 131072l, cy = int64_t(at.y) * 10240l - 81920l, x = 0l, y = 0l;
    uint n = 0u;
    while (n < 100u) {
        int64_t xx = x * x >> 16, yy = y * y >> 16;
        if (xx + yy > 262144l) break;
        y = (x * y >> 15) + cy;
        x = xx - yy + cx;
        ++n;
    }
    steps[16u * at.y + at.x] = n;
}
