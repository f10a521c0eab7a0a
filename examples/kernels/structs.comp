// SPDX-License-Identifier: MIT OR Apache-2.0
// Moves particles in a uniform field and bounces them off the floor.
#version 450
layout(local_size_x = 64) in;

struct Particle {
    vec3 position;
    float mass;
    vec3 velocity;
    uint bounces;
};

layout(set = 0, binding = 0) buffer Particles { Particle particles[]; };
layout(push_constant) uniform Parameters {
    vec3 gravity;
    float seconds;
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= particles.length()) return;
    Particle p = particles[i];
    p.velocity += seconds * gravity;
    p.position += seconds * p.velocity;
    if (p.position.y < 0.0) {
        p.position.y = -p.position.y;
        p.velocity.y = -p.velocity.y;
        ++p.bounces;
    }
    particles[i] = p;
}
