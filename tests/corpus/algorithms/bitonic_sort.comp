#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Sorts what fits into shared memory by bitonic merges.
//! buffer keys u32[256] bits
//! expect keys by sorted
layout(local_size_x = 128) in;
layout(binding = 0) buffer K { uint keys[]; };
shared uint tile[256];
void main() {
    uint t = gl_LocalInvocationIndex;
    tile[t] = keys[t];
    tile[t + 128u] = keys[t + 128u];
    for (uint size = 2u; size <= 256u; size <<= 1) {
        for (uint stride = size / 2u; stride > 0u; stride >>= 1) {
            barrier();
            uint low = 2u * stride * (t / stride) + t % stride, high = low + stride;
            bool up = (low & size) == 0u;
            uint x = tile[low], y = tile[high];
            if ((x > y) == up) {
                tile[low] = y;
                tile[high] = x;
            }
        }
    }
    barrier();
    keys[t] = tile[t];
    keys[t + 128u] = tile[t + 128u];
}
