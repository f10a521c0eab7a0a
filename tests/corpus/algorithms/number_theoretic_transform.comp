#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// A transform modulo 12289 in shared memory; the inverse gives the numbers back.
//! buffer a u32[64] whole 0 12288
//! buffer transformed u32[64] zero
//! buffer ok u32[64] zero
//! expect ok 1
layout(local_size_x = 32) in;
layout(binding = 0) readonly buffer A { uint a[64]; };
layout(binding = 1) buffer T { uint transformed[64]; };
layout(binding = 2) buffer O { uint ok[64]; };
const uint kModulus = 12289u;
shared uint x[64];
uint power(uint base, uint exponent) {
    uint r = 1u;
    for (; exponent != 0u; exponent >>= 1, base = base * base % kModulus)
        if ((exponent & 1u) != 0u) r = r * base % kModulus;
    return r;
}
void transform(uint root) {
    uint t = gl_LocalInvocationIndex;
    for (uint half_size = 32u; half_size > 0u; half_size /= 2u) {
        barrier();
        uint low = t / half_size * 2u * half_size + t % half_size, high = low + half_size;
        uint p = x[low], q = x[high], w = power(root, t % half_size * (32u / half_size));
        x[low] = (p + q) % kModulus;
        x[high] = (p + kModulus - q) * w % kModulus;
    }
    barrier();
}
void main() {
    uint t = gl_LocalInvocationIndex;
    for (uint k = t; k < 64u; k += 32u) x[k] = a[k];
    uint root = power(11u, (kModulus - 1u) / 64u);
    transform(root);
    for (uint k = t; k < 64u; k += 32u) transformed[k] = x[bitfieldReverse(k) >> 26];
    uint first = transformed[t], second = transformed[t + 32u];
    barrier();
    x[t] = first;
    x[t + 32u] = second;
    transform(power(root, 63u));
    for (uint k = t; k < 64u; k += 32u)
        ok[k] = uint(x[bitfieldReverse(k) >> 26] * power(64u, kModulus - 2u) % kModulus == a[k]);
}
