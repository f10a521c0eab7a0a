#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It counts without atomics.
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Values { uint values[]; };
layout(binding = 1) buffer Counts { uint counts[]; };
void main() {
    counts[values[gl_GlobalInvocationID.x] % 16u] += 1u;
}
