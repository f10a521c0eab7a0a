// SPDX-License-Identifier: MIT OR Apache-2.0
// C++ kernels that a device cannot run: the message names the user's line and what the device has.
#include "support/device_test.h"

#include <string>

namespace alkomp::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

ALKOMP_MODULE_SUITE(LangRefused);

std::string line(int number) { return "lang_refused_test.cpp:" + std::to_string(number); }

TEST_P(LangRefused, a_type_that_the_device_lacks) {
    if (gpu.capabilities().features.bf16) GTEST_SKIP() << "the device has bfloat16";
    const auto scale = kernel("scale", [](InOut<f32> data) {
        const Val<bf16> half(data[global_id()]);
        data[global_id()] = half + bf16(1.0f);
    });
    const int at = __LINE__;
    const auto data = gpu.to_device<f32>({1});
    const std::string text = error_text(ErrorCode::unsupported, [&] { gpu.call(scale, data); });
    EXPECT_THAT(text, AnyOf(HasSubstr(line(at - 3)), HasSubstr(line(at - 2)))) << text;
    EXPECT_THAT(text, HasSubstr("bf16"));
    EXPECT_THAT(text, AnyOf(HasSubstr("no device here can run it"), HasSubstr("of the devices here")));
    EXPECT_THAT(text, HasSubstr("while compiling the kernel \"scale\" of "));
    EXPECT_THAT(text, HasSubstr("for the device \"" + gpu.info().name));
}

TEST_P(LangRefused, shared_memory_over_the_limit) {
    const auto large = kernel("large", [](InOut<u32> data, Shared<u32, 1u << 22> tile) {
        tile[global_id()] = data[global_id()];
        barrier();
        data[global_id()] = tile[global_id()];
    });
    const int at = __LINE__;
    const auto data = gpu.to_device<u32>({1});
    const std::string text = error_text(ErrorCode::unsupported, [&] { gpu.call(large, groups(1), data); });
    EXPECT_THAT(text,
                HasSubstr("the size of the shared memory in bytes is 16777216; the device's max_shared_bytes is "));
    EXPECT_THAT(text, HasSubstr(line(at - 5)));
}

TEST_P(LangRefused, a_workgroup_over_the_limit) {
    const auto wide =
        kernel("wide", [](InOut<u32> data) { data[global_id()] = local_id(); }, {.workgroup_size = 1 << 20});
    const auto data = gpu.zeros<u32>(3000);
    gpu.call(wide, data);  // without groups it is the device's choice
    EXPECT_EQ(gpu.get(data)[5], 5u);
    const std::string most = std::to_string(
        std::min(gpu.capabilities().limits.max_workgroup_size[0], gpu.capabilities().limits.max_workgroup_invocations));
    EXPECT_THAT(error_text(ErrorCode::unsupported, [&] { gpu.call(wide, groups(1), data); }),
                HasSubstr("the kernel has a workgroup of 1048576, the device \"" + gpu.info().name +
                          "\" runs at most " + most + " together."));
    const auto square = kernel("square", [](InOut<u32> data) { data[0] = 1u; }, {.workgroup_size = {128, 128}});
    const int at = __LINE__ - 1;
    const std::string text = error_text(ErrorCode::unsupported, [&] { gpu.call(square, groups(1), data); });
    EXPECT_THAT(
        text,
        HasSubstr("the number of invocations in a workgroup is 16384; the device's max_workgroup_invocations is "));
    EXPECT_THAT(text, HasSubstr(line(at)));
}

TEST_P(LangRefused, a_barrier_that_not_all_invocations_reach) {
    const auto some = kernel("some", [](InOut<u32> data) {
        data[global_id()] = 1u;
        if_(local_id() == 0u, [] {
            barrier();  // here
        });
    });
    const int at = __LINE__;
    const auto data = gpu.to_device<u32>({1});
    const std::string text = error_text(ErrorCode::compile_failed, [&] { gpu.call(some, groups(1), data); });
    EXPECT_THAT(text, HasSubstr(line(at - 3) + ": barrier: "));
    EXPECT_THAT(text, HasSubstr("\n    barrier();  // here\n"));
}

TEST_P(LangRefused, a_device_that_was_moved_from) {
    const auto fill = kernel("fill", [](InOut<u32> data) { data[global_id()] = 1u; });
    drop();
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(gpu.compile(fill)); }),
                HasSubstr("compile: the device is empty"));
}

}  // namespace
}  // namespace alkomp::testing
