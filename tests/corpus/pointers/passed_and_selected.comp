#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Addresses go through functions, selections and loops, and are compared.
//! needs buffer_address i64
//! buffer table u64[4] addresses a b c a
//! buffer a i32[16] index
//! buffer b i32[16] whole -9 9
//! buffer c i32[16] values 1000
//! buffer result i32[64] zero
//! fails vulkan_llvmpipe size Mesa 22.3 keeps an older address where a loop that invocations leave together chose it
//! fails vulkan_llvmpipe speed the same
//! fails vulkan_llvmpipe read-speed the same
//! fails vulkan_llvmpipe read-size the same
//! fails vulkan_llvmpipe read-passes the same
//! fails vulkan_llvmpipe read the same
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 16) in;
layout(buffer_reference, std430) buffer Ints { int at[16]; };
layout(binding = 0) buffer T { Ints table[4]; };
layout(binding = 1) buffer R { int result[]; };
Ints chosen(Ints x, Ints y, bool first) {
    if (first) return x;
    return y;
}
void step_on(inout Ints p, int k) {
    if (uint64_t(p) == uint64_t(table[k])) p = table[(k + 1) % 4];
}
void main() {
    int i = int(gl_LocalInvocationIndex);
    Ints p = chosen(table[0], table[1], (i & 1) == 0);
    int sum = 0;
    for (int k = 0; k < 4; ++k) {
        sum = sum * 2 + p.at[(i + k) & 15];
        step_on(p, k);
    }
    result[i] = sum;
    result[16 + i] = chosen(table[2], p, i > 7).at[i];
    result[32 + i] = uint64_t(table[0]) == uint64_t(table[3]) ? table[i & 3].at[i] : -1;
}
