// SPDX-License-Identifier: MIT OR Apache-2.0
// What IR modules compute on each device, against the rules of ir/module.h.
#include "ir/parse.h"
#include "runtime/translate.h"
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

ALKOMP_VULKAN_SUITE(IrModules);

Kernel compile_ir(Device& device, const std::string& text) {
    return device.compile(Shader(detail::translate(ir::parse(text, "test.ir"), device.capabilities())));
}

TEST_P(IrModules, collatz_by_loop_and_select) {
    const Kernel kernel = compile_ir(gpu, R"(module "collatz"
storage %data: u32[] set 0 binding 0
kernel @collatz() workgroup_size(64, 1, 1) {
    %id: u32x3 = builtin(global_id)
    %i: u32 = extract(0) %id
    %place: ptr<storage, u32> = access %data, %i
    %start: u32 = load %place
    %steps: u32 = loop ^loop1 (%n: u32 = %start, %s: u32 = 0) {
        %more: bool = ne %n, 1
        if ^if1 %more {
            exit ^if1
        } else {
            exit ^loop1(%s)
        }
        %half: u32 = div %n, 2
        %odd: u32 = rem %n, 2
        %is_odd: bool = eq %odd, 1
        %triple: u32 = mul %n, 3
        %up: u32 = add %triple, 1
        %n.1: u32 = select %is_odd, %up, %half
        %s.1: u32 = add %s, 1
        next ^loop1(%n.1, %s.1)
    } continuing (%n.2: u32, %s.2: u32) {
        repeat ^loop1(%n.2, %s.2)
    }
    store %place, %steps
    return
}
)");
    std::vector<u32> numbers = ramp(128);
    for (u32& number : numbers) ++number;
    Buffer<u32> data = gpu.to_device<u32>(numbers);
    gpu.call(kernel, groups(2), data);
    const std::vector<u32> steps = gpu.get(data);
    for (u32 i = 0; i < 128; ++i) EXPECT_EQ(steps[i], collatz_iterations(numbers[i])) << numbers[i];
}

}  // namespace
}  // namespace alkomp::testing
