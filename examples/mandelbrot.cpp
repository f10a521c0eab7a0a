// SPDX-License-Identifier: MIT OR Apache-2.0
// A picture made by a kernel: mandelbrot [device] [file.png].
#include <alkomp/alkomp.h>

#include "png.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>

using namespace alkomp;

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const std::filesystem::path file = argc > 2 ? argv[2] : "mandelbrot.png";
    const Kernel mandelbrot =
        gpu.compile(glsl_file(EXAMPLE_KERNELS "/mandelbrot.comp"), {.constants = {{"STEPS", u64{1000}}}});

    const u32 width = 1200, height = 900;
    const f32 view_height = 2.6F;
    const auto pixels = gpu.empty<u32>(u64{width} * height);
    const std::array<f32, 2> center{-0.7F, 0.0F};
    const std::array<u32, 2> size{width, height};
    gpu.call(mandelbrot, groups((width + 7) / 8, (height + 7) / 8), pixels, center, view_height, size);
    const std::vector<u32> picture = gpu.get(pixels);
    std::cout << "picture  " << write_png(file, width, height, picture).string() << "\n";

    // The set's area is known: 1.5066 (T. Foerstemann, "Numerical estimation of the area of the Mandelbrot set").
    const auto inside = std::ranges::count(picture, 0xff000000U);
    const double pixel = double{view_height} / height;
    const double area = static_cast<double>(inside) * pixel * pixel;
    const bool right = std::abs(area - 1.5066) < 0.01;
    std::cout << (right ? "right" : "WRONG") << ": the black part's area is " << area << ", the set's is 1.5066\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "mandelbrot: " << error.what() << "\n";
    return 1;
}
