// SPDX-License-Identifier: MIT OR Apache-2.0
// The C++ programs of README.md, built and run as a test.
// [program]
#include <alkomp/alkomp.h>
#include <iostream>
using namespace alkomp;

int main() {
    Device gpu;  // the best device here
    auto numbers = gpu.to_device<u32>({1, 2, 3, 4});
    Kernel collatz = gpu.compile(glsl_file("collatz.comp"));
    gpu.call(collatz, numbers);  // checks the arguments, then one invocation per element
    for (u32 steps : gpu.get(numbers)) std::cout << steps << ' ';  // 0 1 7 2
}
// [/program]
