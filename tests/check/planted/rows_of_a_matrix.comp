#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A matrix of 24 rows and 16 columns, walked as if it had 24 columns: only the last rows leave it.
//! buffer matrix f32[384] random -1 1
//! buffer vector f32[16] random -1 1
//! buffer product f32[24] zero
//! groups 3
layout(local_size_x = 8) in;
layout(binding = 0) readonly buffer A { float matrix[]; };
layout(binding = 1) readonly buffer X { float vector[]; };
layout(binding = 2) writeonly buffer Y { float product[]; };
#ifdef FAULT
const uint kStride = 24u;
#else
const uint kStride = 16u;
#endif
void main() {
    uint row = gl_GlobalInvocationID.x;
    float sum = 0.0;
    for (uint k = 0u; k < 16u; ++k)
        sum += vector[k] * matrix[row * kStride + k];  // subtle fault: out of bounds
    product[row] = sum;
}
