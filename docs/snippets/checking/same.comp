#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It many invocations write one value.
layout(local_size_x = 64) in;
layout(binding = 0) buffer Values { uint values[]; };
layout(binding = 1) buffer Found { uint found; };
void main() {
    if (values[gl_GlobalInvocationID.x] > 100u) found = 1u;
}
