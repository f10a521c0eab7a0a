// SPDX-License-Identifier: MIT OR Apache-2.0
// C = A B with shared memory tiles in GLSL and in C++, timed on the device and checked against the host.
#include <alkomp/alkomp.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>

using namespace alkomp;

/// C[m, n] = A[m, k] B[k, n]. Each workgroup makes one tile of C from tiles of A and B in shared memory.
template <u32 Tile>
RecordedKernel matmul_kernel() {
    const auto tiles = [](In<f32> a, In<f32> b, Out<f32> c, Val<u32> m, Val<u32> n, Val<u32> k,
                          Shared<f32, Tile, Tile> tile_a, Shared<f32, Tile, Tile> tile_b) {
        const Val<u32> row = global_id(1), column = global_id(0), y = local_id(1), x = local_id(0);
        const auto read = [](const Val<bool>& inside, const In<f32>& from, const Val<u32>& index) {
            return select(inside, from[index], 0.0F);  // outside a buffer there is some value
        };
        Var<f32> sum = 0.0F;
        for_(range(0U, k, Tile), [&](Val<u32> first) {
            tile_a[y][x] = read(row < m && first + x < k, a, row * k + first + x);
            tile_b[y][x] = read(first + y < k && column < n, b, (first + y) * n + column);
            barrier();
            for (u32 i = 0; i < Tile; ++i) sum += tile_a[y][i] * tile_b[i][x];  // unrolled
            barrier();
        });
        if_(row < m && column < n, [&] { c[row * n + column] = sum; });
    };
    return kernel("matmul in C++", tiles, {.workgroup_size = {Tile, Tile}});
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "", {.profile = true});
    const RecordedKernel in_cpp = matmul_kernel<16>();
    const Kernel kernels[]{gpu.compile(glsl_file(EXAMPLE_KERNELS "/matmul.comp")), gpu.compile(in_cpp)};

    const u32 m = 250, n = 190, k = 130;  // no multiples of the tile
    std::mt19937 random(1);
    std::uniform_real_distribution<f32> uniform(-1, 1);
    std::vector<f32> a(m * k), b(k * n);
    std::ranges::generate(a, [&] { return uniform(random); });
    std::ranges::generate(b, [&] { return uniform(random); });
    const auto on_a = gpu.to_device(a);
    const auto on_b = gpu.to_device(b);
    double worst = 0;
    for (const Kernel& matmul : kernels) {
        const auto on_c = gpu.empty<f32>(u64{m} * n);
        gpu.call(matmul, groups((n + 15) / 16, (m + 15) / 16), on_a, on_b, on_c, m, n, k);
        const std::vector<f32> c = gpu.get(on_c);
        for (std::size_t row = 0; row < m; ++row) {
            for (std::size_t column = 0; column < n; ++column) {
                double sum = 0;
                for (std::size_t i = 0; i < k; ++i) sum += double{a[row * k + i]} * b[i * n + column];
                worst = std::max(worst, std::abs(sum - c[row * n + column]));
            }
        }
        for (const ProfileSpan& span : gpu.profile().spans)
            if (span.name == matmul.label())
                std::cout << span.name << ": " << static_cast<double>(span.duration_ns) / 1e6 << " ms\n";
    }
    const bool right = worst < 1e-4;
    std::cout << (right ? "right" : "WRONG") << ": [" << m << ", " << k << "] [" << k << ", " << n
              << "], the largest error is " << worst << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "matmul: " << error.what() << "\n";
    return 1;
}
