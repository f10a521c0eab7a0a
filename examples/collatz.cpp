// SPDX-License-Identifier: MIT OR Apache-2.0
// How many steps does each number's Collatz sequence take to reach 1? The kernel in C++, and the same in GLSL.
#include <alkomp/alkomp.h>

#include <algorithm>
#include <iostream>
#include <numeric>

using namespace alkomp;

/// Replaces each number by the steps that its sequence takes.
RecordedKernel collatz_kernel() {
    return kernel("collatz", [](InOut<u32> data) {
        Var<u32> n = data[global_id()], steps = 0U;
        while_([&] { return n > 1U; },
               [&] {
                   n = select(n % 2U == 0U, n / 2U, 3U * n + 1U);
                   steps += 1U;
               });
        data[global_id()] = steps;
    });
}

int main(int argc, char** argv) try {
    Device gpu(argc > 1 ? argv[1] : "");
    std::cout << "device   " << gpu.info().name << "\n";

    const RecordedKernel collatz = collatz_kernel();
    const auto numbers = gpu.to_device<u32>({1, 2, 3, 4});
    gpu.call(collatz, numbers);  // one invocation per element
    const std::vector<u32> steps = gpu.get(numbers);
    std::cout << "1 2 3 4  take " << steps[0] << " " << steps[1] << " " << steps[2] << " " << steps[3] << " steps\n";

    std::vector<u32> many(100'000);
    std::iota(many.begin(), many.end(), 1U);
    const auto all = gpu.to_device(many);
    gpu.call(collatz, all);
    const std::vector<u32> all_steps = gpu.get(all);
    const auto longest = std::ranges::max_element(all_steps);
    const auto number = longest - all_steps.begin() + 1;
    std::cout << "longest  below 100,000: " << number << " takes " << *longest << " steps\n";

    const Kernel in_glsl = gpu.compile(glsl_file(EXAMPLE_KERNELS "/collatz.comp"));
    gpu.write(all, many);
    gpu.call(in_glsl, all);
    const bool right =
        steps == std::vector<u32>{0, 1, 7, 2} && number == 77031 && *longest == 350 && gpu.get(all) == all_steps;
    std::cout << (right ? "right: 77,031 takes 350 steps\n" : "WRONG: 77,031 takes 350 steps\n");
    return right ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "collatz: " << error.what() << "\n";
    return 1;
}
