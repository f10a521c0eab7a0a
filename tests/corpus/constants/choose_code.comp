#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A specialisation constant chooses between loops of which one would never end.
//! buffer a u32[64] index
//! buffer result u32[64] zero
//! constant 0 2
//! expect result 0 3 6 9 12 15 18 21 24 27 30 33 36 39 42 45 48 51 54 57 60 63 66 69 72 75 78 81 84 87 90 93 96 99 102 105 108 111 114 117 120 123 126 129 132 135 138 141 144 147 150 153 156 159 162 165 168 171 174 177 180 183 186 189
layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kind = 0u;
const bool endless = kind == 0u;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, r = 0u;
    if (endless) {
        while (a[i] < 1000u) ++r;
    }
    switch (kind) {
        case 1u: r = 7u; break;
        case 2u: r += a[i];
        case 3u: r += 2u * a[i]; break;
        default: r = 8u;
    }
    result[i] = r;
}
