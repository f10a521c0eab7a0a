// SPDX-License-Identifier: MIT OR Apache-2.0
// Listing devices, choosing one by place or name, and what an opened one says of itself.
#include "support/device_test.h"
#include "support/kernels.h"
#include "support/variables.h"

#include <set>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Devices);

TEST(Query, lists_every_device_at_its_index_and_twice_the_same) {
    const std::vector<DeviceInfo> first = query(), second = query();
    ASSERT_EQ(first.size(), second.size());
    for (u32 i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].index, i);
        EXPECT_EQ(first[i].name, second[i].name);
        EXPECT_EQ(first[i].backend, second[i].backend);
        EXPECT_FALSE(first[i].name.empty());
        EXPECT_FALSE(first[i].vendor.empty());
        EXPECT_GT(first[i].memory_bytes, 0u);
    }
}

TEST(Query, numbers_the_devices_of_each_backend_from_zero) {
    std::map<std::string, u32> next;
    for (const DeviceInfo& info : query()) EXPECT_EQ(info.backend_index, next[info.backend]++);
}

TEST(Query, puts_devices_of_another_backend_behind) {
    bool behind = false;
    for (const DeviceInfo& info : query()) {
        if (info.backend == "memory") behind = true;
        else EXPECT_FALSE(behind) << info.name;
    }
}

TEST(Choosing, an_unknown_name_lists_the_devices_that_exist) {
    const std::string text = error_text(ErrorCode::invalid_argument, [] { Device device("warp drive"); });
    EXPECT_THAT(text, HasSubstr("Device: no device matches \"warp drive\""));
    for (const DeviceInfo& info : query()) {
        EXPECT_THAT(text, HasSubstr(info.name));
        EXPECT_THAT(text, HasSubstr(info.backend + ":" + std::to_string(info.backend_index)));
    }
}

TEST(Choosing, an_index_behind_the_last_device_lists_those_that_exist) {
    const std::string text = error_text(ErrorCode::invalid_argument, [] { Device device(4711); });
    EXPECT_THAT(text, HasSubstr("4711"));
    EXPECT_THAT(text, HasSubstr("memory:0"));
}

TEST(Choosing, the_environment_names_the_default_device) {
    const Variables variables("ALKOMP_DEVICE", "memory:one queue");
    EXPECT_EQ(Device().info().name, "one queue");
}

TEST(Choosing, a_wrong_name_in_the_environment_is_said_to_come_from_there) {
    const Variables variables("ALKOMP_DEVICE", "nothing like it");
    const std::string text = error_text(ErrorCode::invalid_argument, [] { Device device; });
    EXPECT_THAT(text, HasSubstr("ALKOMP_DEVICE"));
    EXPECT_THAT(text, HasSubstr("nothing like it"));
}

TEST(Choosing, the_default_is_no_worse_a_kind_than_any_other) {
    const Device chosen;
    for (const DeviceInfo& info : query()) {
        if (info.kind == DeviceKind::discrete) {
            EXPECT_EQ(chosen.info().kind, DeviceKind::discrete);
        }
    }
}

TEST_P(Devices, open_by_index_by_backend_place_and_by_name_in_any_case) {
    const DeviceInfo& info = gpu.info();
    EXPECT_EQ(Device(info.index).info().index, info.index);
    EXPECT_EQ(Device(info.backend + ":" + std::to_string(info.backend_index)).info().index, info.index);
    std::string upper = info.backend + ":" + info.name;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(Device(upper).info().name, info.name);
}

TEST_P(Devices, say_the_same_as_query_once_open) {
    const DeviceInfo listed = query().at(gpu.info().index);
    EXPECT_EQ(gpu.info().name, listed.name);
    EXPECT_EQ(gpu.info().driver, listed.driver);
    EXPECT_EQ(gpu.capabilities().limits.max_buffer_bytes, listed.capabilities.limits.max_buffer_bytes);
    EXPECT_EQ(gpu.capabilities().limits.max_workgroup_invocations,
              listed.capabilities.limits.max_workgroup_invocations);
}

TEST_P(Devices, have_the_limits_that_every_program_may_count_on) {
    const Limits& limits = gpu.capabilities().limits;
    EXPECT_GE(limits.max_storage_binding_bytes, u64{16} << 20);
    EXPECT_GE(limits.max_bindings, 4u);
    EXPECT_GE(limits.max_scalar_bytes, 64u);
    EXPECT_GE(limits.max_workgroup_invocations, 128u);
    EXPECT_GE(limits.max_shared_bytes, 16384u);
    EXPECT_GE(limits.max_groups[0], 65535u);
    EXPECT_TRUE(limits.copy_alignment_bytes == 1 || limits.copy_alignment_bytes == 4);
    for (const u64 alignment : {limits.storage_offset_alignment_bytes, limits.uniform_offset_alignment_bytes})
        EXPECT_TRUE(alignment > 0 && (alignment & (alignment - 1)) == 0) << alignment;
    EXPECT_LE(limits.min_subgroup_size, limits.subgroup_size);
    EXPECT_LE(limits.subgroup_size, limits.max_subgroup_size);
}

TEST_P(Devices, open_twice_are_two_devices) {
    Device other = open();
    EXPECT_FALSE(other == gpu);
    const auto here = gpu.to_device<u32>({1, 2, 3});
    const auto there = other.to_device<u32>({4, 5, 6});
    EXPECT_EQ(gpu.get(here), (std::vector<u32>{1, 2, 3}));
    EXPECT_EQ(other.get(there), (std::vector<u32>{4, 5, 6}));
}

TEST_P(Devices, open_without_blocking) {
    const std::string name = gpu.info().backend + ":" + std::to_string(gpu.info().backend_index);
    Device opened = Device::open_async(name).get();
    EXPECT_EQ(opened.info().index, gpu.info().index);
}

TEST_P(Devices, opening_an_unknown_one_without_blocking_fails_in_the_future) {
    auto future = Device::open_async("warp drive");
    const std::string text = error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(future.get()); });
    EXPECT_THAT(text, HasSubstr(gpu.info().name));
}

TEST_P(Devices, keep_buffers_apart_unless_robustness_is_declined) {
    EXPECT_EQ(gpu.guarantees().buffers_isolated, gpu.capabilities().features.robust_buffers);
    EXPECT_FALSE(gpu.guarantees().views_isolated);
    const Device fast = open({.robust = false});
    EXPECT_FALSE(fast.guarantees().buffers_isolated);
}

TEST_P(Devices, copies_of_a_handle_are_the_same_device) {
    const Device copy = gpu;
    EXPECT_TRUE(copy == gpu);
    EXPECT_FALSE(gpu.lost());
    EXPECT_TRUE(copy.stream() == gpu.stream());
}

TEST_P(Devices, a_moved_from_device_says_so) {
    Device from = open();
    const Device to = std::move(from);
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(from.info()); }),
                HasSubstr("moved from"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(from.empty<u32>(1)); }),
                HasSubstr("moved from"));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { from.wait(); }), HasSubstr("moved from"));
    EXPECT_FALSE(from.lost());
}

}  // namespace
}  // namespace alkomp::testing
