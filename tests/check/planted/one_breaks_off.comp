#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One invocation has converged before the others, and leaves the loop that they wait in.
//! buffer errors_left u32[16] values 4 4 4 4 4 4 4 4 4 4 4 2 4 4 4 4
//! buffer rounds u32[16] zero
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer E { uint errors_left[]; };
layout(binding = 1) writeonly buffer R { uint rounds[]; };
shared uint left[16];
void main() {
    uint i = gl_LocalInvocationID.x, error = errors_left[i], round = 0u;
    for (; round < 4u; ++round) {
#ifdef FAULT
        if (error == 0u) break;
#endif
        left[i] = error;
        barrier();  // subtle fault: barrier
        error -= min(error, 1u + left[i] / 100u);
    }
    rounds[i] = round;
}
