#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// An element of an array in a struct in an array is passed to be written, at an index that is computed.
//! buffer a u32[64] index
//! buffer result u32[64] zero
//! refused wgpu_d3d12_* array reference cannot be used as an l-value
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { uint a[]; };
layout(binding = 1) buffer R { uint result[]; };
struct Inner { uint n[3]; uvec2 v; };
struct Outer { Inner parts[2]; uint last; };
void touch(inout uint x) { x = x * 10u + 1u; }
void touch(inout Inner inner, uint at) {
    touch(inner.n[at]);
    touch(inner.v.y);
    touch(inner.v[at & 1u]);
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    Outer o;
    for (uint p = 0u; p < 2u; ++p) {
        o.parts[p].v = uvec2(p, a[i]);
        for (uint k = 0u; k < 3u; ++k) o.parts[p].n[k] = p + k;
    }
    o.last = 2u;
    touch(o.parts[a[i] & 1u], a[i] % 3u);
    touch(o.parts[1].n[o.last]);
    uint r = o.last;
    for (uint p = 0u; p < 2u; ++p)
        r = r * 7u + o.parts[p].n[0] + 3u * o.parts[p].n[1] + 5u * o.parts[p].n[2] + o.parts[p].v.x + 11u * o.parts[p].v.y;
    result[i] = r;
}
