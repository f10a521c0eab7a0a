#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Parameters that are copied in, out, and both ways, in their order.
//! buffer a i32[64] index
//! buffer result i32[192] zero
//! expect result by inout_parameters
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
int mix_up(int x, inout int y, out int z) {
    z = x + 2 * y;
    y -= z;
    x = 5;
    return x * y;
}
void main() {
    int i = int(gl_GlobalInvocationID.x);
    int x = a[i], y = 10, z;
    int r = mix_up(x, y, z);
    r += mix_up(y, x, z);
    result[3 * i] = r;
    result[3 * i + 1] = x + y;
    result[3 * i + 2] = z;
}
