#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A switch within a case, whose cases leave the inner one, the outer one by falling on, or the loop.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, x = a[i], r = 1u;
    for (int k = 0; k < 8; ++k, x >>= 4) {
        switch (x & 3u) {
            case 0u:
                switch (x >> 2 & 3u) {
                    case 0u: r = r * 3u + 1u; break;
                    case 1u: continue;
                    case 2u: r ^= 0x55u;
                    default: r += 7u;
                }
                r += 2u;
            case 1u:
                r = (r << 1) | (r >> 31);
                break;
            case 2u:
                if ((x & 8u) != 0u) {
                    switch (r & 1u) {
                        case 0u: k = 8; break;
                        default: break;
                    }
                }
                break;
            default:
                r -= x & 15u;
        }
    }
    result[i] = r;
}
