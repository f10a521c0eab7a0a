#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// The window begins before the buffer, for the first invocations alone.
//! buffer samples i32[128] whole -9 9
//! buffer medians i32[128] zero
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer S { int samples[]; };
layout(binding = 1) writeonly buffer M { int medians[]; };
void main() {
    int i = int(gl_GlobalInvocationID.x), sum = 0;
    for (int k = -2; k <= 2; ++k) {
#ifdef FAULT
        sum += samples[min(i + k, samples.length() - 1)];  // subtle fault: out of bounds
#else
        sum += samples[clamp(i + k, 0, samples.length() - 1)];
#endif
    }
    medians[i] = sum / 5;
}
