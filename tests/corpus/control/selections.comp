#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// ?: within ?:, of vectors, of whole structs, with calls on one side only.
//! buffer a i32[64] whole -20 20
//! buffer result i32[256] zero
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { int a[]; };
layout(binding = 1) buffer R { int result[]; };
struct Both { ivec2 v; int n; };
int calls = 0;
int called(int x) {
    ++calls;
    return x;
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    int x = a[i];
    ivec3 v = x < 0 ? ivec3(1, x, -x) : x < 10 ? ivec3(x) : ivec3(2, 3, x);
    Both b = x % 2 == 0 ? Both(v.xy, 4) : Both(v.zz, x > 5 ? called(6) : called(x) + called(1));
    bvec3 choose = lessThan(v, ivec3(2, 4, 6));
    ivec3 mixed = mix(v, v.zxy + 100, choose);
    result[4u * i] = b.v.x + b.n;
    result[4u * i + 1u] = b.v.y * (any(choose) ? 2 : 3);
    result[4u * i + 2u] = mixed.x + mixed.y - mixed.z;
    result[4u * i + 3u] = calls;
}
