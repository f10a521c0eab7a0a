#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Constructs of each kind within each other, twelve deep, left from the innermost.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
uint walk(uint x) {
    uint r = 0u;
    for (uint k = 0u; k < 4u; ++k) {
        if ((x >> k & 1u) != 0u) {
            switch (x >> 4 & 3u) {
                case 0u:
                    do {
                        if (r > 40u) break;
                        for (uint j = k; j < 6u; ++j) {
                            if (((x >> 8) + j & 3u) == 0u) {
                                while (r < 50u) {
                                    switch (r & 3u) {
                                        case 1u:
                                            if ((x & 0x10000u) != 0u) return r + 1000u;
                                            r += 5u;
                                            continue;
                                        case 2u:
                                            ++j;
                                        default:
                                            r += 3u;
                                    }
                                    if (r % 7u == 0u) break;
                                }
                                if (r > 45u) break;
                            }
                            r += j;
                        }
                        ++r;
                    } while (r < 30u);
                    break;
                case 1u:
                    r += 2u;
                    if (r > 5u) break;
                default:
                    r += 11u;
            }
        } else {
            r = r * 5u + 1u & 127u;
        }
    }
    return r;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    result[i] = walk(a[i]);
}
