#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sums, differences, quotients by powers of two, component products, outer products, negation, steps.
//! buffer a f32[16] whole -30 30
//! buffer result f32[45] zero
layout(local_size_x = 1) in;
layout(binding = 0) readonly buffer A { float a[16]; };
layout(binding = 1) buffer R { float result[45]; };
void main() {
    mat3 m = mat3(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
    mat3 n = outerProduct(vec3(a[9], a[10], a[11]), vec3(a[12], a[13], a[14]));
    mat3 list[5] = mat3[5](m + n, matrixCompMult(m, n) - 2.0, -m * 3.0, (n - m) / 4.0, 1.0 - m);
    list[2] += n;
    list[3]++;
    list[4] *= 2.0;
    list[0] -= 1.0;
    for (int k = 0; k < 45; ++k) result[k] = list[k / 9][k % 9 / 3][k % 3];
}
