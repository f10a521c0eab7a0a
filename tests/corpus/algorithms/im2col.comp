#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Patches of an image of two channels become columns, zero outside.
//! buffer image f32[128] index
//! buffer columns f32[1152] zero
//! scalar size i32x2 8 8
//! scalar channels i32 2
//! groups 18
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float image[]; };
layout(binding = 1) writeonly buffer C { float columns[]; };
layout(push_constant) uniform P { ivec2 size; int channels; };
void main() {
    int i = int(gl_GlobalInvocationID.x), pixels = size.x * size.y;
    if (i >= pixels * channels * 9) return;
    int pixel = i % pixels, tap = i / pixels % 9, channel = i / (pixels * 9);
    ivec2 at = ivec2(pixel % size.x, pixel / size.x) + ivec2(tap % 3, tap / 3) - 1;
    bool inside = all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, size));
    columns[i] = inside ? image[channel * pixels + at.y * size.x + at.x] + 1.0 : 0.0;
}
