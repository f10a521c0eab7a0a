#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A sum begins at zero on one path only.
//! buffer counts u32[32] values 3 2 0 4 1
//! buffer averages f32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer C { uint counts[]; };
layout(binding = 1) writeonly buffer A { float averages[]; };
void main() {
    uint i = gl_LocalInvocationID.x, n = counts[i];
    float sum;
    if (n > 0u) {
        sum = 0.0;
        for (uint k = 0u; k < n; ++k) sum += float(k + i);
        sum /= float(n);
    }
#ifndef FAULT
    else sum = 0.0;
#endif
    averages[i] = sum;  // subtle fault: uninitialized
}
