#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// One value has a digit too many for a local array.
//! buffer values u32[32] values 7 19 99999 123456 5
//! buffer most u32[32] zero
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer V { uint values[]; };
layout(binding = 1) writeonly buffer M { uint most[]; };
#ifdef FAULT
const uint kDigits = 5u;
#else
const uint kDigits = 6u;
#endif
void main() {
    uint digits[kDigits], count = 0u;
    for (uint n = values[gl_GlobalInvocationID.x]; n > 0u; n /= 10u)
        digits[count++] = n % 10u;  // subtle fault: out of bounds
    uint largest = 0u;
    for (uint k = 0u; k < min(count, kDigits); ++k) largest = max(largest, digits[k]);
    most[gl_GlobalInvocationID.x] = largest;
}
