#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The last history of a particle runs over into the next member, not out of the buffer.
//! buffer particles u32[72] index
//! buffer sums u32[8] zero
layout(local_size_x = 8) in;
struct Track { uint count; uint history[3]; };
struct Particle { uint id; Track tracks[2]; };
layout(binding = 0) buffer P { Particle particles[]; };
layout(binding = 1) writeonly buffer S { uint sums[]; };
void main() {
    uint i = gl_GlobalInvocationID.x, sum = 0u;
    for (uint t = 0u; t < 2u; ++t) {
#ifdef FAULT
        uint n = i == 5u ? 4u : 3u;
#else
        uint n = 3u;
#endif
        for (uint k = 0u; k < n; ++k)
            sum += particles[i].tracks[t].history[k];  // subtle fault: out of bounds
    }
    sums[i] = sum;
}
