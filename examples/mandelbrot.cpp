// SPDX-License-Identifier: MIT OR Apache-2.0
// A picture made by a kernel in C++, and again by one in GLSL: mandelbrot [device] [file.png].
#include <alkomp/alkomp.h>

#include "png.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>

using namespace alkomp;

constexpr u32 kSteps = 500;

/// The Mandelbrot set as RGBA pixels: black inside, outside by how fast the orbit leaves.
void mandelbrot(Out<u32> pixels, Val<f32x2> center, Val<f32> height, Val<u32x2> size) {
    const Val<u32x2> at = global_id_xyz().xy();
    if_(any(at >= size), [] { return_(); });
    const Val<f32x2> c =
        center + height / Val<f32>(size.y()) * (Val<f32x2>(at) + 0.5F - 0.5F * Val<f32x2>(size)) * f32x2{1.0F, -1.0F};
    Var<f32x2> z = f32x2{0.0F, 0.0F};
    Var<u32> step = 0U;
    while_([&] { return step < kSteps && dot(z, z) <= 256.0F; },
           [&] {
               z = vec(z.x() * z.x() - z.y() * z.y(), 2.0F * z.x() * z.y()) + c;
               ++step;
           });
    Var<f32x3> color = f32x3{};
    if_(step < kSteps, [&] {
        const Val<f32> smooth_step = Val<f32>(step) + 1.0F - log2(0.5F * log2(dot(z, z)));
        color = 0.5F + 0.5F * cos(3.0F + 0.35F * sqrt(max(smooth_step, 0.0F)) * f32x3{2.9F, 3.3F, 3.9F});
    });
    pixels[at.y() * size.x() + at.x()] = pack_unorm4x8(vec(color, 1.0F));
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const std::filesystem::path file = argc > 2 ? argv[2] : "mandelbrot.png";
    const RecordedKernel in_cpp = kernel("mandelbrot", mandelbrot, {.workgroup_size = {8, 8}});
    const Kernel in_glsl =
        gpu.compile(glsl_file(EXAMPLE_KERNELS "/mandelbrot.comp"), {.constants = {{"STEPS", u64{kSteps}}}});

    const u32 width = 1200, height = 900;
    const f32 view_height = 2.6F;
    const auto pixels = gpu.empty<u32>(u64{width} * height);
    const std::array<f32, 2> center{-0.7F, 0.0F};
    const std::array<u32, 2> size{width, height};
    const Groups tiles = groups((width + 7) / 8, (height + 7) / 8);
    gpu.call(in_cpp, tiles, pixels, center, view_height, size);
    const std::vector<u32> picture = gpu.get(pixels);
    gpu.call(in_glsl, tiles, pixels, center, view_height, size);
    const std::vector<u32> again = gpu.get(pixels);
    std::cout << "picture  " << write_png(file, width, height, picture).string() << "\n";

    // The set's area is known: 1.5066 (T. Foerstemann, "Numerical estimation of the area of the Mandelbrot set").
    const auto inside = std::ranges::count(picture, 0xff000000U);
    const double pixel = double{view_height} / height;
    const double area = static_cast<double>(inside) * pixel * pixel;
    // Rounding decides at the set's edge.
    u32 different = 0;
    for (std::size_t i = 0; i < picture.size(); ++i) different += picture[i] != again[i];
    const bool right = std::abs(area - 1.5066) < 0.01 && different < picture.size() / 100;
    std::cout << (right ? "right" : "WRONG") << ": the black part's area is " << area << ", the set's is 1.5066\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "mandelbrot: " << error.what() << "\n";
    return 1;
}
