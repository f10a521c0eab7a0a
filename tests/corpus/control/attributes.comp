#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Hints to unroll, to flatten and to do neither change nothing.
//! buffer a u32[64] index
//! buffer result u32[64] zero
//! expect result 70 76 82 88 94 100 106 112 118 124 130 136 142 148 154 160 166 172 178 184 190 196 202 208 214 220 226 232 238 244 250 256 262 268 274 280 286 292 298 304 310 316 322 328 334 340 346 352 358 364 370 376 382 388 394 400 406 412 418 424 430 436 442 448
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, sum = 0u;
    [[unroll]] for (uint k = 0u; k < 4u; ++k) sum += a[i] + k;
    [[loop, dependency_infinite]] for (uint k = 0u; k < 2u; ++k) sum += a[i] + 2u;
    [[flatten]] if (a[i] > 200u) sum = 0u;
    [[dont_flatten]] if (a[i] < 100u) sum += 60u;
    result[i] = sum;
}
