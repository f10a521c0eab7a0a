#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// Accelerations of bodies by each other, through tiles; distances have a softening.
//! buffer bodies f32[256] random -10 10
//! buffer result f32[256] zero
//! near result 512 0.001 inversesqrt and contraction, over 64 sums
layout(local_size_x = 16) in;
layout(binding = 0) readonly buffer A { vec4 bodies[]; };
layout(binding = 1) buffer R { vec4 result[]; };
shared vec4 tile[16];
vec3 pull(vec3 at, vec4 other) {
    vec3 d = other.xyz - at;
    float r = inversesqrt(dot(d, d) + 0.5);
    return d * (r * r * r * abs(other.w));
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    vec3 at = bodies[i].xyz, sum = vec3(0.0);
    for (uint first = 0u; first < uint(bodies.length()); first += 16u) {
        tile[gl_LocalInvocationIndex] = bodies[first + gl_LocalInvocationIndex];
        barrier();
        for (uint k = 0u; k < 16u; ++k) sum += pull(at, tile[k]);
        barrier();
    }
    result[i] = vec4(sum, 1.0);
}
//! groups 4
