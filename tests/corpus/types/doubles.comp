#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// 64-bit floats: sums and products that 32-bit floats could not hold.
//! needs f64
//! buffer a f64[64] whole -100000 100000
//! buffer b f64[64] whole -100000 100000
//! buffer result f64[256] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { double a[]; };
layout(binding = 1) readonly buffer B { double b[]; };
layout(binding = 2) buffer R { double result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    double x = a[i], y = b[i];
    result[4u * i] = x * y + 1.0lf;
    result[4u * i + 1u] = x * x * 0.001953125lf - y;
    dvec3 v = dvec3(x, y, 2.0lf);
    result[4u * i + 2u] = dot(v, v.zxy) + min(x, y) * (x < y ? 3.0lf : -5.0lf);
    result[4u * i + 3u] = floor(x * 0.125lf) + abs(y) - double(float(x));
}
