// SPDX-License-Identifier: MIT OR Apache-2.0
// The value behind another one.
uint neighbour(uint at) {
#ifdef FAULT
    return values[at + 1u];  // subtle fault: out of bounds
#else
    return values[min(at + 1u, uint(values.length()) - 1u)];
#endif
}
