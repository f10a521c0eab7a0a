// SPDX-License-Identifier: MIT OR Apache-2.0
// Conway's Life as a graph: two generations recorded once, then replayed with one submit each; one of them by a kernel in
// GLSL, the other by one in C++.
#include <alkomp/alkomp.h>

#include "png.h"

#include <algorithm>
#include <array>
#include <iostream>

using namespace alkomp;

constexpr u32 kWidth = 192, kHeight = 128, kGenerations = 400;

std::vector<u32> generation(const std::vector<u32>& before) {
    std::vector<u32> after(before.size());
    for (u32 y = 0; y < kHeight; ++y) {
        for (u32 x = 0; x < kWidth; ++x) {
            u32 neighbors = 0;
            for (u32 dy : {kHeight - 1, 0U, 1U}) {
                for (u32 dx : {kWidth - 1, 0U, 1U}) {
                    if (dx != 0 || dy != 0) neighbors += before[(y + dy) % kHeight * kWidth + (x + dx) % kWidth];
                }
            }
            after[y * kWidth + x] = neighbors == 3 || (neighbors == 2 && before[y * kWidth + x] == 1);
        }
    }
    return after;
}

RecordedKernel life_kernel() {
    const auto one_generation = [](In<u32> before, Out<u32> after, Val<u32x2> size) {
        const Val<u32x2> at = global_id_xyz().xy();
        if_(any(at >= size), [] { return_(); });
        Var<u32> neighbors = 0U;
        for (u32 dy = 0; dy < 3; ++dy) {  // the host's loops: nine copies of their body
            for (u32 dx = 0; dx < 3; ++dx) {
                const Val<u32x2> from = (at + u32x2{dx, dy} + size - 1U) % size;
                if (dx != 1 || dy != 1) neighbors += before[from.y() * size.x() + from.x()];
            }
        }
        const Val<u32> index = at.y() * size.x() + at.x();
        after[index] = Val<u32>(neighbors == 3U || (neighbors == 2U && before[index] == 1U));
    };
    return kernel("life", one_generation, {.workgroup_size = {8, 8}});
}

void show_progress(u32 done) {
    const u32 filled = 40 * done / kGenerations;
    std::cerr << "\r[" << std::string(filled, '#') << std::string(40 - filled, ' ') << "] " << done << "/"
              << kGenerations << (done == kGenerations ? "\n" : "") << std::flush;
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const Kernel in_glsl = gpu.compile(glsl_file(EXAMPLE_KERNELS "/life.comp"));

    std::vector<u32> cells(kWidth * kHeight);
    u32 random = 1;
    for (u32& cell : cells) {
        random = 1664525U * random + 1013904223U;
        cell = random >> 30 == 0;
    }
    const auto even = gpu.to_device(cells);
    const auto odd = gpu.empty<u32>(cells.size());
    const std::array<u32, 2> size{kWidth, kHeight};
    Graph two_generations = gpu.create_graph();
    two_generations.call(in_glsl, groups(kWidth / 8, kHeight / 8), even, odd, size);
    two_generations.call(life_kernel(), groups(kWidth / 8, kHeight / 8), odd, even, size);

    for (u32 done = 2; done <= kGenerations; done += 2) {
        two_generations.replay();
        if (done % 40 != 0) continue;
        gpu.wait();
        show_progress(done);
    }
    const std::vector<u32> result = gpu.get(even);

    for (u32 i = 0; i < kGenerations; ++i) cells = generation(cells);
    const bool right = result == cells;
    std::vector<u32> picture(result.size());
    std::ranges::transform(result, picture.begin(), [](u32 cell) { return cell != 0 ? 0xff40c0f0U : 0xff302018U; });
    std::cout << "picture  " << write_png("life.png", kWidth, kHeight, picture).string() << "\n"
              << (right ? "right" : "WRONG") << ": after " << kGenerations << " generations "
              << std::ranges::count(result, 1U) << " cells live, on the host " << std::ranges::count(cells, 1U) << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "life: " << error.what() << "\n";
    return 1;
}
