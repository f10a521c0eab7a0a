#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocks of 32 floats become signed bytes by their largest absolute value; all of it is exact.
//! buffer x f32[256] whole -127 127
//! buffer scales f32[8] zero
//! buffer packed u32[64] zero
//! groups 8
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer A { float x[]; };
layout(binding = 1) buffer S { float scales[]; };
layout(binding = 2) buffer Q { uint packed[]; };
shared float tile[32];
shared int bytes[32];
void main() {
    uint t = gl_LocalInvocationIndex, i = gl_GlobalInvocationID.x;
    tile[t] = abs(x[i]);
    for (uint s = 16u; s > 0u; s >>= 1) {
        barrier();
        if (t < s) tile[t] = max(tile[t], tile[t + s]);
    }
    barrier();
    float scale = tile[0] > 63.0 ? 1.0 : 0.5;
    bytes[t] = int(clamp(roundEven(x[i] / scale), -127.0, 127.0));
    barrier();
    if (t == 0u) scales[gl_WorkGroupID.x] = scale;
    if (t < 8u) {
        uint word = 0u;
        for (uint k = 0u; k < 4u; ++k) word |= (uint(bytes[4u * t + k]) & 255u) << (8u * k);
        packed[8u * gl_WorkGroupID.x + t] = word;
    }
}
