// SPDX-License-Identifier: MIT OR Apache-2.0
// The smallest program of a user: it compiles a kernel, runs it and checks what comes back.
#include <alkomp/alkomp.h>

#include <iostream>

int main() {
    alkomp::Device gpu;
    auto numbers = gpu.to_device<alkomp::u32>({1, 2, 3, 4});
    auto twice = gpu.compile(alkomp::glsl(R"(#version 450
        layout(local_size_x = 1) in;
        layout(binding = 0) buffer Data { uint data[]; };
        void main() { data[gl_GlobalInvocationID.x] *= 2; })"));
    gpu.call(twice, alkomp::groups(4), numbers);
    const bool right = gpu.get(numbers) == std::vector<alkomp::u32>{2, 4, 6, 8};
    std::cout << "alkomp " << ALKOMP_VERSION << " on " << gpu.info().name << (right ? ": right\n" : ": WRONG\n");
    return right ? 0 : 1;
}
