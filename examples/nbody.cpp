// SPDX-License-Identifier: MIT OR Apache-2.0
// Stars that attract each other: positions swap between two buffers, shared memory holds tiles of them. The kernel of each
// second step is written in C++, of the others in GLSL.
#include <alkomp/alkomp.h>

#include <array>
#include <cmath>
#include <iostream>

using namespace alkomp;

using Vec4 = f32x4;
constexpr u32 kGroup = 64;
constexpr f32 kSeconds = 0.005F, kSoftening = 0.1F;
constexpr std::size_t kBodies = 1000;
constexpr int kSteps = 100;

/// Reads all bodies tile by tile through shared memory: once per workgroup and not once per body.
void move(In<Vec4> before, Out<Vec4> after, InOut<Vec4> velocities, Val<f32> seconds, Val<f32> softening,
          Shared<Vec4, kGroup> tile) {
    const Val<u32> i = global_id(), count = before.count();
    const Val<Vec4> self = before[i];
    Var<f32x3> acceleration = f32x3{};
    for_(range(0U, count, kGroup), [&](Val<u32> first) {
        const Val<u32> other = first + local_id();
        tile[local_id()] = select(other < count, before[other], Vec4{});
        barrier();
        for_(range(kGroup), [&](Val<u32> k) {
            const Val<Vec4> body = tile[k];
            const Val<f32x3> toward = body.xyz() - self.xyz();
            const Val<f32> inverse = rsqrt(dot(toward, toward) + softening * softening);
            acceleration += body.w() * inverse * inverse * inverse * toward;
        });
        barrier();
    });
    if_(i >= count, [] { return_(); });
    velocities[i].xyz() += seconds * acceleration;
    after[i] = vec(self.xyz() + seconds * velocities[i].xyz(), self.w());
}

/// Kinetic and potential energy with the kernel's softening.
double energy(const std::vector<Vec4>& positions, const std::vector<Vec4>& velocities) {
    double sum = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const double mass = positions[i][3];
        for (std::size_t c = 0; c < 3; ++c) sum += 0.5 * mass * velocities[i][c] * velocities[i][c];
        for (std::size_t j = 0; j < i; ++j) {
            double square = kSoftening * kSoftening;
            for (std::size_t c = 0; c < 3; ++c) square += std::pow(positions[i][c] - positions[j][c], 2);
            sum -= mass * positions[j][3] / std::sqrt(square);
        }
    }
    return sum;
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const Kernel in_glsl = gpu.compile(glsl_file(EXAMPLE_KERNELS "/nbody.comp"));
    const Kernel in_cpp = gpu.compile(kernel("nbody", move, {.workgroup_size = kGroup}));

    // A disc that turns about as fast as it must not to fall in.
    std::vector<Vec4> positions(kBodies), velocities(kBodies);
    for (std::size_t i = 0; i < kBodies; ++i) {
        const f32 radius = std::sqrt((static_cast<f32>(i) + 0.5F) / kBodies), angle = 2.399963F * static_cast<f32>(i);
        const f32 speed = 0.8F * std::sqrt(radius);
        positions[i] = {radius * std::cos(angle), radius * std::sin(angle), 0.05F * std::sin(7.0F * angle),
                        1.0F / kBodies};
        velocities[i] = {-speed * std::sin(angle), speed * std::cos(angle), 0.0F, 0.0F};
    }
    auto before = gpu.to_device(positions);
    auto after = gpu.empty<Vec4>(kBodies);
    const auto moving = gpu.to_device(velocities);
    for (int i = 0; i < kSteps; ++i) {
        gpu.call(i % 2 == 0 ? in_glsl : in_cpp, groups((kBodies + kGroup - 1) / kGroup), before, after, moving,
                 kSeconds, kSoftening);
        std::swap(before, after);
    }

    const double at_first = energy(positions, velocities), at_last = energy(gpu.get(before), gpu.get(moving));
    std::array<double, 3> momentum{};
    for (const Vec4& velocity : gpu.get(moving)) {
        for (std::size_t c = 0; c < 3; ++c) momentum[c] += velocity[c] / kBodies;
    }
    for (const Vec4& velocity : velocities) {
        for (std::size_t c = 0; c < 3; ++c) momentum[c] -= velocity[c] / kBodies;
    }
    const double drift = std::abs(at_last / at_first - 1), push = std::hypot(momentum[0], momentum[1], momentum[2]);
    const bool right = drift < 0.02 && push < 1e-5;
    std::cout << (right ? "right" : "WRONG") << ": " << kBodies << " bodies, " << kSteps << " steps: energy changed by "
              << 100 * drift << " %, momentum by " << push << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "nbody: " << error.what() << "\n";
    return 1;
}
