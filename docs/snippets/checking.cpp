// SPDX-License-Identifier: MIT OR Apache-2.0
// The C++ of docs/checking.md.
#include <alkomp/alkomp.h>
#include <alkomp/native/reference.h>

#include <iostream>

using namespace alkomp;

namespace {

int missed = 0;
void expect(bool holds, const char* what) {
    if (holds) return;
    std::cerr << what << '\n';
    ++missed;
}

// [kernel]
const auto halve = kernel("halve", [](In<u32> data, Out<u32> halves) {
    const Val<u32> i = global_id();
    assert_(data[i] % 2u == 0u, "{} is odd", data[i]);
    halves[i] = data[i + 1u] / 2u;
});
// [/kernel]

void open() {
    // [open]
    Device device("reference", {.check = CheckOptions{}});
    const auto data = device.to_device<u32>({2, 4, 5, 8});
    device.call(halve, data, device.empty<u32>(4));
    try {
        device.wait();
    } catch (const Error& error) {
        std::cerr << error.what() << '\n';  // the assert_ fails its work, as on any device
    }
    // [/open]
    expect(device.faults().size() == 2, "halve has two faults");
}

void test() {
    // [test]
    DeviceOptions options{.check = CheckOptions{.not_finite = true, .step_limit = 1'000'000}};
    options.on_fault = [](const Fault& fault) { std::cout << to_string(fault) << '\n'; };  // stderr unless given
    Device device("reference", options);
    const auto scale = kernel("scale", [](InOut<f32> data) { data[global_id()] *= 2.0f; });
    device.call(scale, device.to_device<f32>({1, 2, 3}));
    device.wait();
    if (!device.faults().empty()) throw std::runtime_error("scale is wrong");
    // [/test]
}

// [read]
const char* const kRead = R"(#version 460
#extension GL_EXT_buffer_reference : require
layout(local_size_x = 1) in;
layout(buffer_reference, std430) buffer Node { uint value; };
layout(push_constant) uniform Arguments { Node node; };
layout(binding = 0) buffer Sum { uint sum; };
void main() {
    sum = node.value;
})";
// [/read]

void misaligned() {
    Device device("reference", {.check = CheckOptions{}});
    // [misaligned]
    const Kernel read = device.compile(glsl(kRead));
    const auto values = device.to_device<u32>({7, 8});
    device.call(read, groups(1), native::reference(values).address + 2u, device.zeros<u32>(1));
    device.wait();
    // [/misaligned]
    expect(device.faults().size() == 1 &&
               device.faults().front().text == "read of 4 bytes at byte 2 of a buffer: the address is no multiple of 4",
           "read has a misaligned address");
}

}  // namespace

int main() {
    open();
    misaligned();
    test();
    return missed;
}
