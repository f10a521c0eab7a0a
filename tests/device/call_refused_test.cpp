// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernel calls that are refused: each message read, nothing queued.
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RefusedCalls : public DeviceTest {
protected:
    void SetUp() override {
        DeviceTest::SetUp();
        kernel = compile(gpu, add());
        a = gpu.to_device(ramp(8));
        a.set_label("left");
    }
    // What a refused call says. Afterwards the device must work as before.
    template <class... Args>
    std::string refused(ErrorCode code, const Args&... args) {
        const std::string text = error_text(code, [&] { gpu.call(args...); });
        EXPECT_THAT(text, HasSubstr("call: "));
        gpu.wait();
        EXPECT_EQ(gpu.get(a), ramp(8));
        return text;
    }
    template <class... Args>
    std::string wrong(const Args&... args) {
        return refused(ErrorCode::invalid_argument, args...);
    }
    void TearDown() override {
        a = Buffer<u32>();
        kernel = Kernel();
        DeviceTest::TearDown();
    }
    Kernel kernel;
    Buffer<u32> a;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RefusedCalls);
INSTANTIATE_TEST_SUITE_P(, RefusedCalls, ::testing::ValuesIn(test_devices()), device_name);

TEST_P(RefusedCalls, name_what_the_kernel_takes_when_the_count_is_wrong) {
    EXPECT_THAT(
        wrong(kernel, a, a),
        AllOf(HasSubstr("3 buffers and 0 scalars are wanted, 2 buffers and 0 scalars are given"), HasSubstr("\"A\""),
              HasSubstr("u32[]"), HasSubstr("read-only"), HasSubstr("while calling kernel \"add\"")));
    EXPECT_THAT(wrong(kernel, a, a, a, a), HasSubstr("4 buffers"));
    EXPECT_THAT(wrong(kernel, a, a, a, 1.0f), HasSubstr("1 scalar are given"));
}

TEST_P(RefusedCalls, name_the_argument_when_its_element_type_is_wrong) {
    const auto floats = gpu.to_device<float>({1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_THAT(wrong(kernel, a, floats, a), AllOf(HasSubstr("\"B\""), HasSubstr("f32[8]"), HasSubstr("u32")));
    const auto bytes = gpu.to_device<u8>({1, 2, 3, 4});
    EXPECT_THAT(wrong(kernel, bytes, a, a), AllOf(HasSubstr("\"A\""), HasSubstr("u8[4]"), HasSubstr("u32")));
    struct Record {
        u32 a, b, c;
    };
    const auto records = gpu.to_device<Record>({{1, 2, 3}});
    EXPECT_THAT(wrong(kernel, a, a, records),
                AllOf(HasSubstr("\"Result\""), HasSubstr("12 bytes"), HasSubstr("4 bytes each")));
}

TEST_P(RefusedCalls, name_the_unknown_and_the_doubled_name) {
    EXPECT_THAT(wrong(kernel, arg("C", a), a, a),
                AllOf(HasSubstr("there is no buffer named \"C\""), HasSubstr("\"Result\"")));
    EXPECT_THAT(wrong(kernel, arg("A", a), arg("A", a), a), HasSubstr("\"A\" is given twice"));
    EXPECT_THAT(wrong(kernel, a, a, a, arg("alpha", 1)), HasSubstr("there is no scalar named \"alpha\""));
}

TEST_P(RefusedCalls, name_the_scalar_that_does_not_fit) {
    Kernel blended = compile(gpu, blend());
    EXPECT_THAT(wrong(blended, a, a, a, -1),
                AllOf(HasSubstr("\"term\""), HasSubstr("i32 -1"), HasSubstr("u32 is wanted")));
    EXPECT_THAT(wrong(blended, a, a, a, 1.5f),
                AllOf(HasSubstr("\"term\""), HasSubstr("f32 1.5"), HasSubstr("u32 is wanted")));
    EXPECT_THAT(wrong(blended, a, a, a, u64{1} << 40), AllOf(HasSubstr("1099511627776"), HasSubstr("cannot hold it")));
    EXPECT_THAT(wrong(blended, a, a, a, std::array<u32, 2>{1, 2}),
                AllOf(HasSubstr("u32x2"), HasSubstr("u32 is wanted")));
    EXPECT_THAT(wrong(blended, a, a, a), HasSubstr("1 scalar are wanted, 3 buffers and 0 scalars are given"));
}

TEST_P(RefusedCalls, name_the_workgroup_count_above_the_limit) {
    const u64 limit = gpu.capabilities().limits.max_groups[1];
    EXPECT_THAT(
        wrong(kernel, groups(1, limit + 1), a, a, a),
        AllOf(HasSubstr("groups.y is " + std::to_string(limit + 1)), HasSubstr("at most " + std::to_string(limit))));
    EXPECT_THAT(wrong(kernel, groups(u64{1} << 40), a, a, a), HasSubstr("groups.x is 1099511627776"));
}

TEST_P(RefusedCalls, name_all_counts_where_their_product_is_the_limit) {
    const auto& most = gpu.capabilities().limits.max_groups;
    if (!is_webgpu(gpu.info().backend)) GTEST_SKIP() << "each dimension has its limit";
    EXPECT_THAT(
        wrong(kernel, groups(70000, 70000, 2), a, a, a),
        AllOf(HasSubstr("groups is 70000 x 70000 x 2"), HasSubstr(std::to_string(most[0]) + " workgroups in all")));
}

TEST_P(RefusedCalls, ask_for_groups_when_counts_differ_or_none_is_there) {
    const auto longer = gpu.to_device(ramp(9));
    EXPECT_THAT(wrong(kernel, a, longer, a),
                AllOf(HasSubstr("groups(x) is wanted"), HasSubstr("\"A\" has 8 elements"), HasSubstr("\"B\" has 9")));
}

TEST_P(RefusedCalls, name_the_block_that_a_buffer_is_too_small_for) {
    const TestKernel fixed{"fixed",
                           R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) buffer Table { uint table[16]; };
void main() { table[0] = 1u; })",
                           {}};
    Kernel small = compile(gpu, fixed);
    EXPECT_THAT(wrong(small, groups(1), a), AllOf(HasSubstr("\"Table\""), HasSubstr("64 bytes"), HasSubstr("32")));
}

TEST_P(RefusedCalls, name_views_that_overlap_in_part_where_one_is_written) {
    const u64 step = std::max<u64>(gpu.capabilities().limits.storage_offset_alignment_bytes, 4) / 4;
    const auto data = gpu.zeros<u32>(3 * step);
    EXPECT_THAT(wrong(kernel, data.view(0, 2 * step), data.view(0, 2 * step), data.view(step, 2 * step)),
                HasSubstr("overlap in part"));
    gpu.call(kernel, data.view(0, 2 * step), data.view(step, 2 * step), gpu.zeros<u32>(2 * step));
}

TEST_P(RefusedCalls, name_the_alignment_of_a_view_that_cannot_be_bound) {
    const u64 alignment = gpu.capabilities().limits.storage_offset_alignment_bytes;
    if (alignment <= 4) GTEST_SKIP() << "every view of words can be bound";
    EXPECT_THAT(refused(ErrorCode::unsupported, kernel, a.view(1, 4), a.view(0, 4), a.view(0, 4)),
                AllOf(HasSubstr("\"A\""), HasSubstr("begins at byte 4"),
                      HasSubstr("multiples of " + std::to_string(alignment))));
}

TEST_P(RefusedCalls, name_the_buffer_of_another_device) {
    Device other = open();
    const auto theirs = other.to_device(ramp(8));
    EXPECT_THAT(wrong(kernel, a, theirs, a), AllOf(HasSubstr("u32[8]"), HasSubstr("belongs to device")));
    Kernel foreign = compile(other, add());
    EXPECT_THAT(wrong(foreign, a, a, a), HasSubstr("compile it for each device"));
}

TEST_P(RefusedCalls, say_that_a_kernel_or_buffer_is_empty) {
    EXPECT_THAT(wrong(Kernel(), a), HasSubstr("the kernel is empty"));
    EXPECT_THAT(wrong(kernel, a, Buffer<u32>(), a), HasSubstr("the buffer is empty"));
}

TEST_P(RefusedCalls, read_the_indirect_counts_type_and_size) {
    if (!gpu.capabilities().features.indirect_dispatch) GTEST_SKIP() << "no indirect dispatch";
    const auto floats = gpu.to_device<float>({1, 1, 1});
    EXPECT_THAT(wrong(kernel, groups(floats), a, a, a),
                AllOf(HasSubstr("f32[3]"), HasSubstr("u32 elements are wanted")));
    EXPECT_THAT(wrong(kernel, groups(a.view(0, 2)), a, a, a), HasSubstr("at least 3 elements are wanted"));
}

}  // namespace
}  // namespace alkomp::testing
