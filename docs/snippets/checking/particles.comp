#version 460
// SPDX-License-Identifier: MIT OR Apache-2.0
// It writes one element behind a member.
layout(local_size_x = 64) in;
struct Particle { vec3 place; float mass; float history[4]; };
layout(binding = 0, std430) buffer Particles { Particle particles[]; };
layout(push_constant) uniform Parameters { uint turn; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    particles[i].history[turn] = particles[i].mass;
}
