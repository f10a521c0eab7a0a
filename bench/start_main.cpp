// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp_start [device]: the smallest program with a result, from GLSL; bare_start does the same without alkomp.
// Prints its peak memory in MB.
#include "bare/peak.h"

#include <alkomp/alkomp.h>

#include <cstdio>

namespace {

constexpr const char* kTiny = R"(#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() { data[0] = data[0] * 3u + n; }
)";

}  // namespace

int main(int count, char** arguments) {
    try {
        alkomp::Device device = count > 1 ? alkomp::Device(arguments[1]) : alkomp::Device();
        const alkomp::Kernel tiny = device.compile(alkomp::glsl(kTiny, "tiny.comp"));
        const auto data = device.to_device<alkomp::u32>({5});
        device.call(tiny, alkomp::groups(1), data, 2u);
        if (device.get(data).at(0) != 17) throw std::runtime_error("the first result is wrong.");
        std::printf("%.3f\n", bare::peak_mb());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "alkomp_start: %s\n", error.what());
        return 1;
    }
}
