// SPDX-License-Identifier: MIT OR Apache-2.0
// One step of a gravitational n-body system. Each workgroup reads all bodies tile by tile through
// shared memory, so that global memory is read once per workgroup and not once per body.
#version 450
layout(local_size_x = 64) in;

layout(set = 0, binding = 0) readonly buffer Before { vec4 before[]; };  // position and mass
layout(set = 0, binding = 1) writeonly buffer After { vec4 after[]; };
layout(set = 0, binding = 2) buffer Velocities { vec4 velocities[]; };
layout(push_constant) uniform Parameters {
    float seconds;
    float softening;
};

shared vec4 tile[gl_WorkGroupSize.x];

void main() {
    uint i = gl_GlobalInvocationID.x;
    uint count = before.length();
    vec4 self = i < count ? before[i] : vec4(0.0);
    vec3 acceleration = vec3(0.0);
    for (uint first = 0u; first < count; first += gl_WorkGroupSize.x) {
        uint other = first + gl_LocalInvocationID.x;
        tile[gl_LocalInvocationID.x] = other < count ? before[other] : vec4(0.0);
        barrier();
        for (uint k = 0u; k < gl_WorkGroupSize.x; ++k) {
            vec3 toward = tile[k].xyz - self.xyz;
            float inverse = inversesqrt(dot(toward, toward) + softening * softening);
            acceleration += tile[k].w * inverse * inverse * inverse * toward;
        }
        barrier();
    }
    if (i >= count) return;
    velocities[i].xyz += seconds * acceleration;
    after[i] = vec4(self.xyz + seconds * velocities[i].xyz, self.w);
}
