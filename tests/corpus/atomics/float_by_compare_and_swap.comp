#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A largest float found by integer atomics: the loop ends once the swap succeeds.
//! faults data_race its first guess is read plainly, and may be any value that was there
//! buffer a f32[128] random 0 100
//! buffer largest f32[1] zero
//! groups 2
//! expect largest by largest_float
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) buffer L { uint largest[1]; };
void main() {
    float x = a[gl_GlobalInvocationID.x];
    uint old = largest[0];
    while (uintBitsToFloat(old) < x) {
        uint seen = atomicCompSwap(largest[0], old, floatBitsToUint(x));
        if (seen == old) break;
        old = seen;
    }
}
