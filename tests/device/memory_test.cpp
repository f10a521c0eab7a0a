// SPDX-License-Identifier: MIT OR Apache-2.0
// The caching allocator as a user sees it: statistics, trim, reuse, running out and going on.
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Memory);
ALKOMP_MEMORY_SUITE(MemoryInMemory);

TEST_P(Memory, statistics_follow_buffers) {
    const MemoryStatistics before = gpu.memory();
    auto buffer = gpu.empty<u32>(100'000);
    MemoryStatistics now = gpu.memory();
    EXPECT_GE(now.in_use_bytes - before.in_use_bytes, 400'000u);
    EXPECT_LE(now.in_use_bytes - before.in_use_bytes, 400'000u + 400'000u / 16 + 256);
    EXPECT_EQ(now.allocations, before.allocations + 1);
    EXPECT_GE(now.peak_bytes, now.in_use_bytes);
    buffer = Buffer<u32>();
    gpu.wait();
    now = gpu.memory();
    EXPECT_EQ(now.in_use_bytes, before.in_use_bytes);
    EXPECT_GE(now.cached_bytes, 400'000u);
    buffer = gpu.empty<u32>(100'000);
    EXPECT_EQ(gpu.memory().cache_hits, now.cache_hits + 1);
}

TEST_P(Memory, trim_gives_cached_memory_back) {
    for (int i = 0; i < 10; ++i) {
        const auto buffer = gpu.to_device(ramp(10'000));
        EXPECT_EQ(gpu.get(buffer), ramp(10'000));
    }
    gpu.wait();
    EXPECT_GT(gpu.memory().cached_bytes, 0u);
    EXPECT_GT(gpu.trim(), 0u);
    EXPECT_EQ(gpu.memory().cached_bytes, 0u);
    EXPECT_EQ(gpu.trim(), 0u);
    EXPECT_EQ(gpu.get(gpu.to_device(ramp(100))), ramp(100));
}

TEST_P(Memory, is_reused_only_after_the_work_that_uses_it) {
    Kernel kernel = compile(gpu, add());
    const auto zero = gpu.zeros<u32>(1000), sum = gpu.zeros<u32>(1000);
    for (u32 i = 1; i <= 200; ++i) {
        const auto value = gpu.empty<u32>(1000);
        gpu.fill(value, i);
        gpu.call(kernel, sum, value, sum);
    }
    EXPECT_THAT(gpu.get(sum), Each(200u * 201u / 2u));
}

TEST_P(Memory, is_reused_across_streams_only_after_the_work_that_uses_it) {
    Kernel kernel = compile(gpu, add());
    std::array<Stream, 3> streams{gpu.create_stream(), gpu.create_stream(), gpu.create_stream()};
    const auto sum = gpu.zeros<u32>(1000);
    for (u32 i = 1; i <= 150; ++i) {
        const auto value = gpu.empty<u32>(1000);
        streams[i % 3].fill(value, i);
        streams[(i + 1) % 3].call(kernel, sum, value, sum);
    }
    EXPECT_THAT(gpu.get(sum), Each(150u * 151u / 2u));
}

TEST_P(Memory, does_not_grow_over_a_hundred_thousand_buffers) {
    gpu.wait();
    for (int i = 0; i < 1000; ++i) static_cast<void>(gpu.empty<u32>(1 + static_cast<u64>(i) % 512));
    const MemoryStatistics before = gpu.memory();
    for (int i = 0; i < 100'000; ++i) static_cast<void>(gpu.empty<u32>(1 + static_cast<u64>(i) % 512));
    const MemoryStatistics after = gpu.memory();
    EXPECT_EQ(after.in_use_bytes, before.in_use_bytes);
    EXPECT_EQ(after.cached_bytes, before.cached_bytes);
    EXPECT_GE(after.cache_hits - before.cache_hits, 100'000u - 100u);
}

TEST_P(MemoryInMemory, leaves_nothing_behind_below_the_seam) {
    {
        Kernel kernel = compile(gpu, increment());
        for (int i = 0; i < 100; ++i) {
            const auto buffer = gpu.to_device(ramp(static_cast<std::size_t>(i) * 37));
            gpu.call(kernel, buffer);
            static_cast<void>(gpu.get(buffer));
        }
    }
    gpu.wait();
    static_cast<void>(gpu.trim());
    gpu.poll();
    const MemoryCounters counters = memory().counters();
    EXPECT_LE(counters.buffers, 1u) << "all but the stand-in for empty buffers is freed";
    EXPECT_EQ(counters.recorded, 0u);
}

TEST(ScarceMemory, running_out_is_an_error_and_the_device_goes_on) {
    Device gpu("memory:scarce");
    std::vector<Buffer<u32>> held;
    std::string text;
    for (int i = 0; i < 100 && text.empty(); ++i) {
        try {
            held.push_back(gpu.empty<u32>(u64{1} << 20));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
            text = error.what();
        }
    }
    EXPECT_THAT(text, AllOf(HasSubstr("empty: "), HasSubstr("4194304"), HasSubstr("buffers hold")));
    EXPECT_GE(held.size(), 4u);
    gpu.fill(held.back(), 8u);
    EXPECT_THAT(gpu.get(held.back().view(0, 100)), Each(8u));
    held.clear();
    const auto again = gpu.to_device(ramp(1000));
    EXPECT_EQ(gpu.get(again), ramp(1000));
}

TEST(ScarceMemory, the_cache_is_given_up_before_a_request_fails) {
    Device gpu("memory:scarce");
    for (u64 step = 1; step < 16; ++step) {
        const auto buffer = gpu.empty<u32>(step << 18);  // every size class once: all would be 120 MiB
        gpu.fill(buffer, static_cast<u32>(step));
        ASSERT_THAT(gpu.get(buffer.view(0, 10)), Each(static_cast<u32>(step)));
    }
}

TEST(ScarceMemory, work_in_flight_is_waited_for_before_a_request_fails) {
    Device gpu("memory:scarce");
    for (u32 i = 0; i < 40; ++i) {
        const auto a = gpu.empty<u32>(u64{1} << 20), b = gpu.empty<u32>(u64{1} << 20);
        gpu.fill(a, i);
        gpu.copy(a, b);
    }
    gpu.wait();
}

}  // namespace
}  // namespace alkomp::testing
