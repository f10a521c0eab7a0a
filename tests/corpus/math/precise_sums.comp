#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// precise keeps products and sums apart, so that each rounds.
//! buffer a f32[192] random -1 1
//! buffer result f32[128] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer R { float result[]; };
precise float product_sum(float x, float y, float z) {
    precise float product = x * y;
    precise float sum = product + z;
    return sum;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    float x = a[3u * i], y = a[3u * i + 1u], z = a[3u * i + 2u];
    result[2u * i] = product_sum(x, y, z);
    precise float difference = (x + y) - x;
    result[2u * i + 1u] = difference;
}
