// SPDX-License-Identifier: MIT OR Apache-2.0
// Blurs a picture: along rows by a kernel in GLSL, along columns by the same in C++. image_filter [device].
#include <alkomp/alkomp.h>

#include "png.h"
#include "scenery.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iostream>

using namespace alkomp;

constexpr int kRadius = 6;

/// What the kernel computes, on the host.
std::vector<u32> blurred(const std::vector<u32>& from, int width, int height, int dx, int dy) {
    std::vector<u32> to(from.size());
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::array<double, 4> sum{};
            double weights = 0;
            for (int k = -kRadius; k <= kRadius; ++k) {
                const int row = std::clamp(y + k * dy, 0, height - 1), column = std::clamp(x + k * dx, 0, width - 1);
                const double weight = std::exp(-0.5 * k * k / (0.25 * kRadius * kRadius));
                const u32 pixel = from[static_cast<std::size_t>(row * width + column)];
                for (u32 c = 0; c < 4; ++c) sum[c] += weight * (pixel >> (8 * c) & 255U);
                weights += weight;
            }
            u32 pixel = 0;
            for (u32 c = 0; c < 4; ++c) pixel |= static_cast<u32>(std::lround(sum[c] / weights)) << (8 * c);
            to[static_cast<std::size_t>(y * width + x)] = pixel;
        }
    }
    return to;
}

/// One direction of a Gaussian blur over RGBA pixels.
RecordedKernel blur_kernel(int radius) {
    const auto blur = [=](In<u32> before, Out<u32> after, Val<i32x2> size, Val<i32x2> direction) {
        const Val<i32x2> at(global_id_xyz().xy());
        if_(any(at >= size), [] { return_(); });
        Var<f32x4> sum = f32x4{};
        f32 weights = 0;
        for (int k = -radius; k <= radius; ++k) {  // the host's loop: the weights are constants
            const f32 sigma = 0.5F * static_cast<f32>(radius);
            const f32 weight = std::exp(-0.5F * static_cast<f32>(k * k) / (sigma * sigma));
            const Val<i32x2> from = clamp(at + k * direction, i32x2{0, 0}, size - 1);
            sum += weight * unpack_unorm4x8(before[from.y() * size.x() + from.x()]);
            weights += weight;
        }
        after[at.y() * size.x() + at.x()] = pack_unorm4x8(sum / weights);
    };
    return kernel("blur", blur, {.workgroup_size = {8, 8}});
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const Kernel in_glsl =
        gpu.compile(glsl_file(EXAMPLE_KERNELS "/blur.comp"), {.constants = {{"RADIUS", i64{kRadius}}}});
    const int width = 640, height = 427;
    const std::vector<u32> photograph = scenery(width, height);

    const auto picture = gpu.to_device(photograph);
    const auto between = gpu.empty<u32>(picture.count());
    const std::array<i32, 2> size{width, height}, along_rows{1, 0}, along_columns{0, 1};
    const Groups tiles = groups((width + 7) / 8, (height + 7) / 8);
    gpu.call(in_glsl, tiles, picture, between, size, along_rows);
    gpu.call(blur_kernel(kRadius), tiles, between, picture, size, along_columns);
    const std::vector<u32> result = gpu.get(picture);
    std::cout << "before  " << write_png("scenery.png", width, height, photograph).string() << "\n"
              << "after   " << write_png("scenery_blurred.png", width, height, result).string() << "\n";

    const std::vector<u32> wanted = blurred(blurred(photograph, width, height, 1, 0), width, height, 0, 1);
    int worst = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        for (u32 c = 0; c < 32; c += 8) {
            worst = std::max(
                worst, std::abs(static_cast<int>(result[i] >> c & 255U) - static_cast<int>(wanted[i] >> c & 255U)));
        }
    }
    std::cout << (worst <= 2 ? "right" : "WRONG") << ": it differs from the host's blur by at most " << worst
              << " of 255\n";
    return worst <= 2 ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "image_filter: " << error.what() << "\n";
    return 1;
}
