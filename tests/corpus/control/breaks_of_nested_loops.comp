#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Each of three loops is left early, the outer ones by flags.
//! buffer target u32[64] index
//! buffer found u32[192] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint target[]; };
layout(binding = 1) buffer R { uint found[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, want = target[i] * 7u % 61u;
    uvec3 at = uvec3(99u);
    bool done = false;
    for (uint x = 0u; x < 8u; ++x) {
        for (uint y = 0u; y < 8u; ++y) {
            uint z = 0u;
            while (true) {
                if (z == y) break;
                if (x * y + z == want) {
                    at = uvec3(x, y, z);
                    done = true;
                    break;
                }
                ++z;
            }
            if (done) break;
        }
        if (done) break;
    }
    for (int k = 0; k < 3; ++k) found[3u * i + k] = at[k];
}
