// SPDX-License-Identifier: MIT OR Apache-2.0
// C = A B in GLSL with shared memory tiles, timed on the device and checked against the host.
#include <alkomp/alkomp.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>

using namespace alkomp;

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "", {.profile = true});
    const Kernel matmul = gpu.compile(glsl_file(EXAMPLE_KERNELS "/matmul.comp"));

    const u32 m = 250, n = 190, k = 130;  // no multiples of the tile
    std::mt19937 random(1);
    std::uniform_real_distribution<f32> uniform(-1, 1);
    std::vector<f32> a(m * k), b(k * n);
    std::ranges::generate(a, [&] { return uniform(random); });
    std::ranges::generate(b, [&] { return uniform(random); });
    const auto on_a = gpu.to_device(a);
    const auto on_b = gpu.to_device(b);
    const auto on_c = gpu.empty<f32>(u64{m} * n);
    gpu.call(matmul, groups((n + 15) / 16, (m + 15) / 16), on_a, on_b, on_c, m, n, k);
    const std::vector<f32> c = gpu.get(on_c);

    double worst = 0;
    for (std::size_t row = 0; row < m; ++row) {
        for (std::size_t column = 0; column < n; ++column) {
            double sum = 0;
            for (std::size_t i = 0; i < k; ++i) sum += double{a[row * k + i]} * b[i * n + column];
            worst = std::max(worst, std::abs(sum - c[row * n + column]));
        }
    }
    for (const ProfileSpan& span : gpu.profile().spans) {
        if (span.name == matmul.label())
            std::cout << "device time  " << static_cast<double>(span.duration_ns) / 1e6 << " ms\n";
    }
    const bool right = worst < 1e-4;
    std::cout << (right ? "right" : "WRONG") << ": [" << m << ", " << k << "] [" << k << ", " << n
              << "], the largest error is " << worst << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "matmul: " << error.what() << "\n";
    return 1;
}
