#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Within a switch, break leaves the switch and continue goes on with the loop around it.
//! buffer a u32[64] bits
//! buffer result u32[64] zero
//! buffer slow u32[64] zero
//! buffer same u32[64] zero
//! expect same 1
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
layout(binding = 2) buffer S { uint slow[]; };
layout(binding = 3) buffer Q { uint same[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, bits = a[i], sum = 0u;
    for (uint k = 0u; k < 16u; ++k) {
        switch (bits >> (2u * k) & 3u) {
            case 0u:
                continue;
            case 1u:
                sum += k;
                break;
            case 2u:
                if (k % 2u == 0u) break;
                sum += 100u;
            default:
                sum += 1000u;
        }
        sum += 10000u;
    }
    result[i] = sum;
    uint other = 0u;
    for (uint k = 0u; k < 16u; ++k) {
        uint d = bits >> (2u * k) & 3u;
        other += d == 1u ? k : 0u;
        other += d == 2u && k % 2u == 1u ? 1100u : 0u;
        other += d == 3u ? 1000u : 0u;
        other += d != 0u ? 10000u : 0u;
    }
    slow[i] = other;
    same[i] = uint(sum == other);
}
