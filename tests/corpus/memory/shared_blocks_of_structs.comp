#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Structures and halves over words in shared memory, each where its layout puts it.
//! needs shared_8 shared_16 f16
//! buffer result u32[48] zero
//! expect result 4294967295 4294967295 4294967295 4294967295 1065353216 1073741824 1077936128 7 3087022080 4294967295 4294967295 4294967295 4294967295 4294967295 1082130432 4294967295 1040252927 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 1157645312 1191200256 1216366592 1233144064 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295 4294967295
#extension GL_EXT_shared_memory_block : require
#extension GL_EXT_shader_explicit_arithmetic_types : require
layout(local_size_x = 48) in;
struct Pair {
    vec3 a;
    uint b;
    f16vec2 c;
};
layout(binding = 0) buffer R { uint result[]; };
shared Words { uint words[48]; };
shared Pairs { layout(offset = 16) Pair pairs[2]; };
shared Halves { layout(offset = 144) float16_t halves[8]; };
void main() {
    uint i = gl_LocalInvocationIndex;
    words[i] = 0xffffffffu;
    barrier();
    if (i == 0u) {
        pairs[0].a = vec3(1.0, 2.0, 3.0);
        pairs[0].b = 7u;
        pairs[0].c = f16vec2(0.5, -0.5);
        pairs[1].a.z = 4.0;
        pairs[1].c[1] = float16_t(1.5);
    } else if (i >= 4u && i < 12u) {
        halves[i - 4u] = float16_t(i);
    }
    barrier();
    result[i] = words[i];
}
