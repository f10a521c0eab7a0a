// SPDX-License-Identifier: MIT OR Apache-2.0
// Uploads and downloads of every awkward size.
#include "support/device_test.h"
#include "support/kernels.h"

namespace alkomp::testing {
namespace {

ALKOMP_DEVICE_SUITE(Transfers);
ALKOMP_VULKAN_SUITE(LargeTransfers);

// Bytes in which a misplaced block shows.
std::vector<u8> pattern(std::size_t size, u32 seed) {
    std::vector<u8> bytes(size);
    u32 state = seed * 2654435761u + 1;
    for (std::size_t i = 0; i < size; i += 4) {
        state = state * 1664525u + 1013904223u;
        std::memcpy(bytes.data() + i, &state, std::min<std::size_t>(4, size - i));
    }
    return bytes;
}

// Around powers of two, where the blocks of a staging ring begin and end.
std::vector<std::size_t> awkward_sizes(std::size_t most) {
    std::vector<std::size_t> sizes{0, 1, 2, 3, 5, 7, 15, 16, 17};
    for (std::size_t power = 64; power <= most; power *= 4)
        for (const std::size_t size : {power - 3, power - 1, power, power + 1, power + 5}) sizes.push_back(size);
    return sizes;
}

TEST_P(Transfers, bring_every_size_there_and_back) {
    for (const std::size_t size : awkward_sizes(std::size_t{4} << 20)) {
        const std::vector<u8> bytes = pattern(size, static_cast<u32>(size));
        const auto buffer = gpu.to_device(bytes);
        ASSERT_TRUE(gpu.get(buffer) == bytes) << size;
    }
}

TEST_P(Transfers, into_the_middle_leave_the_rest) {
    std::vector<u8> expected = pattern(3'000'000, 1);
    const auto buffer = gpu.to_device(expected);
    for (const std::size_t size : awkward_sizes(std::size_t{1} << 20)) {
        const std::size_t first = size * 7 % 1'000'003;
        const std::vector<u8> part = pattern(size, static_cast<u32>(size) + 9);
        gpu.write(buffer.view(first, size), std::span<const u8>(part));
        std::copy(part.begin(), part.end(), expected.begin() + static_cast<std::ptrdiff_t>(first));
        ASSERT_TRUE(gpu.get(buffer.view(first, size)) == part) << size;
    }
    EXPECT_TRUE(gpu.get(buffer) == expected);
}

TEST_P(Transfers, have_read_the_host_memory_when_they_return) {
    Kernel kernel = compile(gpu, add());
    const auto one = gpu.empty<u32>(5000), data = gpu.empty<u32>(5000), sum = gpu.zeros<u32>(5000);
    gpu.fill(one, 1u);
    std::vector<u32> host(5000);
    for (u32 round = 1; round <= 50; ++round) {
        std::fill(host.begin(), host.end(), round);
        gpu.write(data, std::span<const u32>(host));
        std::fill(host.begin(), host.end(), 0xBADu);
        gpu.call(kernel, sum, data, sum);
    }
    EXPECT_THAT(gpu.get(sum), ::testing::Each(50u * 51u / 2u));
}

TEST_P(Transfers, wait_for_the_kernels_before_them_and_hold_those_after_them) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(200'000);
    for (u32 round = 0; round < 10; ++round) {
        gpu.call(kernel, data);
        const std::vector<u32> got = gpu.get(data.view(199'000, 1000));
        ASSERT_THAT(got, ::testing::Each(2 * round + 1));
        const std::vector<u32> next(200'000, 2 * round + 2);
        gpu.write(data, std::span<const u32>(next));
    }
}

TEST_P(Transfers, keep_their_staging_memory_small_and_give_it_back) {
    const auto buffer = gpu.to_device(pattern(std::size_t{16} << 20, 3));
    EXPECT_TRUE(gpu.get(buffer) == pattern(std::size_t{16} << 20, 3));
    EXPECT_LE(gpu.memory().staging_bytes, u64{256} << 20);
    static_cast<void>(gpu.trim());
    EXPECT_EQ(gpu.memory().staging_bytes, 0u);
    EXPECT_EQ(gpu.get(gpu.to_device<u8>({1, 2, 3})), (std::vector<u8>{1, 2, 3}));
}

TEST_P(Transfers, at_once_on_several_streams_do_not_mix) {
    std::vector<Stream> streams;
    std::vector<Buffer<u8>> buffers;
    for (u32 s = 0; s < 4; ++s) {
        streams.push_back(gpu.create_stream());
        buffers.push_back(gpu.empty<u8>(1'000'001));
    }
    for (u32 s = 0; s < 4; ++s) streams[s].write(buffers[s], pattern(1'000'001, s));
    std::vector<std::vector<u8>> out(4, std::vector<u8>(1'000'001));
    std::vector<Future<void>> reads;
    for (u32 s = 0; s < 4; ++s)
        reads.push_back(streams[s].read_bytes_async(buffers[s], std::as_writable_bytes(std::span(out[s]))));
    for (auto& read : reads) read.wait();
    for (u32 s = 0; s < 4; ++s) EXPECT_TRUE(out[s] == pattern(1'000'001, s)) << s;
}

TEST_P(LargeTransfers, of_100_mib_come_back_whole) {
    const std::size_t size = (std::size_t{100} << 20) + 13;
    if (gpu.capabilities().limits.max_buffer_bytes < size) GTEST_SKIP() << "the device's largest buffer is too small";
    const std::vector<u8> bytes = pattern(size, 5);
    const auto buffer = gpu.to_device(bytes);
    EXPECT_TRUE(gpu.get(buffer) == bytes);
}

}  // namespace
}  // namespace alkomp::testing
