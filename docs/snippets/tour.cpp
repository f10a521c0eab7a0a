// SPDX-License-Identifier: MIT OR Apache-2.0
// The programs of docs/tour.md, built and run as a test.
#include <alkomp/alkomp.h>

#include <cassert>
#include <iostream>
#include <numeric>

using namespace alkomp;

namespace {

const char* const kSaxpy = R"(#version 450
layout(local_size_x = 64) in;
layout(constant_id = 0) const uint REPEAT = 1;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Scalars { float alpha; uint count; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    for (uint n = 0; n < REPEAT; ++n) y[i] += alpha * x[i];
})";

void check(bool holds) {
    if (!holds) throw std::runtime_error("docs/tour.md says what does not hold");
}

}  // namespace

int main() {
    // [devices]
    for (const DeviceInfo& info : query()) {
        std::cout << info.index << ": " << info.name << " (" << to_string(info.kind) << ", " << info.driver << ")\n";
    }
    Device gpu;  // the best; also Device(1), Device("nvidia"), Device("vulkan:0")
    // [/devices]

    // [buffers]
    auto x = gpu.to_device<f32>({1, 2, 3, 4});  // copied before the call returns
    auto y = gpu.zeros<f32>(4);                 // or empty<f32>(4): contents unspecified
    gpu.fill(y, 10.0f);
    gpu.copy(x.view(0, 2), y.view(2, 2));  // views: a first element and a count
    std::vector<f32> values = gpu.get(y);  // waits; 10 10 1 2
    // [/buffers]
    check(values == std::vector<f32>{10, 10, 1, 2});
    gpu.fill(y, 10.0f);

    // [kernel]
    Kernel saxpy = gpu.compile(glsl(kSaxpy, "saxpy"), {.constants = {{"REPEAT", 2}}});
    gpu.call(saxpy, groups(1), x, y, 0.5f, 4u);                               // by order
    gpu.call(saxpy, groups(1), x, y, arg("count", 4u), arg("alpha", -0.5f));  // or scalars by name
    // [/kernel]
    check(gpu.get(y) == std::vector<f32>(4, 10.0f));

    // [error]
    try {
        gpu.call(saxpy, groups(1), x, gpu.to_device<u32>({1, 2, 3, 4}), 0.5f, 4u);
    } catch (const Error& error) {
        std::cout << to_string(error.code()) << ": " << error.what() << '\n';  // invalid_argument: ...
    }
    // [/error]

    // [future]
    Future<f32> sum =
        gpu.get_async(y).then([](std::vector<f32> all) { return std::accumulate(all.begin(), all.end(), 0.0f); });
    std::cout << sum.get() << '\n';  // 40
    // [/future]

    // [profile]
    gpu.profile(true);
    gpu.call(saxpy, groups(1), x, y, 0.5f, 4u);
    gpu.wait();
    std::cout << gpu.profile().table();
    gpu.profile().write_trace("trace.json");  // opens in https://ui.perfetto.dev
    // [/profile]
}
