// SPDX-License-Identifier: MIT OR Apache-2.0
// y = a x + y: two buffers and a scalar, given by order and by name, to a kernel in GLSL and one in C++.
#include <alkomp/alkomp.h>

#include <cmath>
#include <iostream>

using namespace alkomp;

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    const RecordedKernel in_cpp =
        kernel("saxpy in C++", [](In<f32> x, InOut<f32> y, Val<f32> a) { y[global_id()] += a * x[global_id()]; },
               {.parameters = {"X", "Y", "a"}});

    std::vector<f32> x(1'000'003), y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = std::sin(static_cast<f32>(i));
        y[i] = std::cos(static_cast<f32>(i));
    }
    const auto on_x = gpu.to_device(x);
    f32 worst = 0;
    for (const Kernel& saxpy : {gpu.compile(glsl_file(EXAMPLE_KERNELS "/saxpy.comp")), gpu.compile(in_cpp)}) {
        std::cout << "kernel " << saxpy.label() << "\n" << saxpy.describe() << "\n";
        const auto on_y = gpu.to_device(y);
        gpu.call(saxpy, on_x, on_y, 2.5F);                                 // by order
        gpu.call(saxpy, arg("a", -0.5F), arg("Y", on_y), arg("X", on_x));  // by name

        const std::vector<f32> result = gpu.get(on_y);
        for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(result[i] - (2.0F * x[i] + y[i])));
    }
    const bool right = worst < 1e-5F;
    std::cout << (right ? "right" : "WRONG") << ": the largest error of " << x.size() << " elements is " << worst
              << "\n";
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "saxpy: " << error.what() << "\n";
    return 1;
}
