// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels that reach outside their buffers touch no other buffer.
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

using ::testing::Each;

ALKOMP_DEVICE_SUITE(Robustness);

TEST_P(Robustness, writes_outside_touch_no_other_buffer) {
    if (!gpu.guarantees().buffers_isolated) GTEST_SKIP() << "the device cannot keep buffers apart";
    Kernel kernel = compile(gpu, write_at());
    std::vector<Buffer<u32>> buffers;
    for (int i = 0; i < 32; ++i) {
        buffers.push_back(gpu.empty<u32>(100));
        gpu.fill(buffers.back(), 1u);
    }
    for (u32 first = 64; first < 4096; first += 64) gpu.call(kernel, groups(64), buffers[16], first);
    for (const u32 far : {1u << 20, 1u << 28, 0x3FFFFFF0u, 0xFFFFFF00u}) gpu.call(kernel, groups(64), buffers[16], far);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        if (i == 16) continue;
        ASSERT_THAT(gpu.get(buffers[i]), Each(1u)) << i;
    }
}

TEST_P(Robustness, writes_outside_stay_inside_after_memory_is_reused_and_rounded_up) {
    if (!gpu.guarantees().buffers_isolated) GTEST_SKIP() << "the device cannot keep buffers apart";
    Kernel kernel = compile(gpu, write_at());
    const auto small = gpu.zeros<u32>(3), beside = gpu.zeros<u32>(3), also = gpu.zeros<u32>(1);
    gpu.call(kernel, groups(4096), small, 0u);
    EXPECT_THAT(gpu.get(small), Each(7u));
    EXPECT_THAT(gpu.get(beside), Each(0u));
    EXPECT_THAT(gpu.get(also), Each(0u));
}

TEST_P(Robustness, a_kernel_that_opts_out_still_works_inside) {
    Kernel kernel = compile(gpu, increment(), {.robust = false});
    const auto data = gpu.zeros<u32>(1000);
    gpu.call(kernel, data);
    EXPECT_THAT(gpu.get(data), Each(1u));
}

TEST_P(Robustness, lengths_that_kernels_see_are_those_of_the_view) {
    const TestKernel length{
        "length",
        R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() { data[0] = uint(data.length()); })",
        {[](const Invocation& at) { at.buffer<u32>(0)[0] = static_cast<u32>(at.buffer<u32>(0).size()); }}};
    Kernel kernel = compile(gpu, length);
    for (const u64 count : {1u, 3u, 63u, 100u, 1023u}) {
        const auto data = gpu.zeros<u32>(count);
        gpu.call(kernel, groups(1), data);
        EXPECT_EQ(gpu.get(data)[0], count);
        gpu.call(kernel, groups(1), data.view(0, (count + 1) / 2));
        EXPECT_EQ(gpu.get(data)[0], (count + 1) / 2);
    }
}

}  // namespace
}  // namespace alkomp::testing
