// SPDX-License-Identifier: MIT OR Apache-2.0
// A buffer of structs. In GLSL the C++ struct has to have the kernel's layout, where a vec3 begins at a multiple of 16
// bytes; a kernel in C++ takes the struct as it is.
#include <alkomp/alkomp.h>

#include <array>
#include <cmath>
#include <iostream>

using namespace alkomp;

struct Particle {
    std::array<f32, 3> position;
    f32 mass;  // fills what the vec3 leaves
    std::array<f32, 3> velocity;
    u32 bounces;
    using fields = Fields<&Particle::position, &Particle::mass, &Particle::velocity, &Particle::bounces>;
};
static_assert(sizeof(Particle) == 32);

/// Moves particles in a uniform field and bounces them off the floor.
void move(InOut<Particle> particles, Val<f32x3> gravity, Val<f32> seconds) {
    const Val<u32> i = global_id();
    Var<Particle> p = particles[i];
    p[&Particle::velocity] += seconds * gravity;
    p[&Particle::position] += seconds * p[&Particle::velocity];
    if_(p[&Particle::position].y() < 0.0F, [&] {
        p[&Particle::position].y() *= -1.0F;
        p[&Particle::velocity].y() *= -1.0F;
        ++p[&Particle::bounces];
    });
    particles[i] = p;
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const Kernel in_glsl = gpu.compile(glsl_file(EXAMPLE_KERNELS "/structs.comp"));
    const Kernel in_cpp = gpu.compile(kernel("structs", move, {.parameters = {"particles", "gravity", "seconds"}}));

    std::vector<Particle> particles(1000);
    for (std::size_t i = 0; i < particles.size(); ++i) {
        particles[i] = {{static_cast<f32>(i), 5.0F + 0.01F * static_cast<f32>(i), 0.0F}, 1.0F, {1.0F, 0.0F, 0.0F}, 0};
    }
    const auto on_device = gpu.to_device(particles);
    const std::array<f32, 3> gravity{0.0F, -9.81F, 0.0F};
    const f32 seconds = 0.01F;
    constexpr int kSteps = 300;
    for (int i = 0; i < kSteps; ++i)
        gpu.call(i % 2 == 0 ? in_cpp : in_glsl, on_device, arg("gravity", gravity), arg("seconds", seconds));
    const std::vector<Particle> moved = gpu.get(on_device);

    f32 worst = 0;
    u32 bounces = 0;
    for (std::size_t i = 0; i < particles.size(); ++i) {
        f32 height = particles[i].position[1], speed = 0;
        for (int k = 0; k < kSteps; ++k) {
            speed += seconds * gravity[1];
            height += seconds * speed;
            if (height < 0) {
                height = -height;
                speed = -speed;
            }
        }
        worst = std::max(worst, std::abs(moved[i].position[1] - height));
        worst = std::max(worst, std::abs(moved[i].position[0] - (static_cast<f32>(i) + seconds * kSteps)));
        bounces += moved[i].bounces;
    }
    const bool right = worst < 1e-2F && bounces > 0;
    std::cout << (right ? "right" : "WRONG") << ": " << particles.size() << " particles bounced " << bounces
              << " times in " << kSteps << " steps; the largest error is " << worst << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "structs: " << error.what() << "\n";
    return 1;
}
