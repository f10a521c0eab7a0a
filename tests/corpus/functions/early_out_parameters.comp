#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An out parameter keeps what it had when the function returned early.
//! buffer a i32[64] values 0 3 6 -2
//! buffer result i32[64] zero
//! expect result 1 103 1009 2
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
bool classify(int x, out int code) {
    code = 1;
    if (x == 0) return false;
    code = 2;
    if (x < 0) return false;
    for (int k = 0; k < x; ++k) {
        code = 3 + 2 * k;
        if (k == 3) return true;
    }
    code = x;
    return true;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    int code;
    bool good = classify(a[i], code);
    result[i] = code + (good ? code > 4 ? 1000 : 100 : 0);
}
