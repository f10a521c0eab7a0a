// SPDX-License-Identifier: MIT OR Apache-2.0
// Each call is atomic: no thread sees another's transfer half done, and none waits for ever.
#include "runtime/device.h"
#include "support/device_test.h"
#include "support/kernels.h"
#include "support/sanitizer.h"

#include <thread>

namespace alkomp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(AtomicCalls);

constexpr int kThreads = 6;
constexpr int kRounds = times(20, 8);
constexpr u64 kMiB = u64{1} << 20;

// Writes 1 where an element of [first, last) differs from the first of them.
const TestKernel& differ() {
    static const TestKernel kernel{"differ",
                                   R"(#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Data { uint data[]; };
layout(binding = 1) buffer Found { uint found[]; };
layout(push_constant) uniform Scalars { uint first, last; };
void main() {
    uint begin = first + gl_WorkGroupID.x * 4096u + gl_LocalInvocationID.x;
    for (uint i = begin; i < min(begin + 4096u, last); i += 64u)
        if (data[i] != data[first]) found[0] = 1u;
})",
                                   {[](const Invocation& at) {
                                        const auto data = at.buffer<u32>(0);
                                        const u32 first = at.scalar<u32>(), last = at.scalar<u32>(4);
                                        const u32 begin = first + at.group[0] * 4096,
                                                  end = std::min(begin + 4096, last);
                                        for (u32 i = begin; i < end; ++i)
                                            if (data[i] != data[first]) at.buffer<u32>(1)[0] = 1;
                                    },
                                    true}};
    return kernel;
}

// True when all is one value.
bool is_whole(const std::vector<u8>& values) {
    return std::memcmp(values.data(), values.data() + 1, values.size() - 1) == 0;
}

// Parts of a buffer: whole words in one piece and in several, and odd edges.
struct Part {
    u64 offset = 0, size = 0;
};
constexpr Part kParts[] = {{0, kMiB}, {0, 5 * kMiB / 2}, {0, 100 << 10}, {1, (100 << 10) + 1}, {3, kMiB + 2}};

TEST_P(AtomicCalls, of_several_threads_are_read_whole) {
    for (const Part& part : kParts) {
        const auto buffer = gpu.empty<u8>(part.offset + part.size + 6);
        const auto view = buffer.view(part.offset, part.size);
        gpu.fill(buffer, u8{0xEE});
        gpu.fill(view, u8{0});
        on_threads(kThreads, [&](int t) {
            const auto own = gpu.empty<u8>(part.size + 1);
            const auto own_view = own.view(t % 2 == 0 ? 0 : 1, part.size);
            const std::vector<u8> constant(part.size, static_cast<u8>(t + 1));
            gpu.write(own_view, std::span<const u8>(constant));
            for (int i = 0; i < kRounds; ++i) {
                if (t == 0) gpu.write(view, std::span<const u8>(constant));
                else if (t == 1) gpu.fill(view, static_cast<u8>(i));
                else if (t == 2) gpu.copy(own_view, view);
                else if (t == 3) ASSERT_TRUE(is_whole(gpu.get(view))) << part.offset << " " << part.size;
                else if (t == 4) ASSERT_TRUE(is_whole(gpu.get_async(view).get())) << part.offset << " " << part.size;
                else gpu.copy(view, own_view);
                if (t == 5) {
                    ASSERT_TRUE(is_whole(gpu.get(own_view))) << part.offset << " " << part.size;
                }
            }
        });
        const std::vector<u8> all = gpu.get(buffer);
        for (u64 i = 0; i < part.offset; ++i) EXPECT_EQ(all[i], 0xEE) << i;
        for (u64 i = part.offset + part.size; i < all.size(); ++i) EXPECT_EQ(all[i], 0xEE) << i;
    }
}

TEST_P(AtomicCalls, give_kernels_and_replays_whole_uploads) {
    Kernel kernel = compile(gpu, differ());
    for (const Part& part : kParts) {
        const auto buffer = gpu.zeros<u8>((part.offset + part.size + 3) / 4 * 4);
        const auto view = buffer.view(part.offset, part.size);
        // The words that lie in the view as a whole.
        const u32 first = static_cast<u32>((part.offset + 3) / 4),
                  last = static_cast<u32>((part.offset + part.size) / 4);
        on_threads(4, [&](int t) {
            const std::vector<u8> constant(part.size, static_cast<u8>(t + 1));
            const auto found = gpu.zeros<u32>(1);
            const Groups all = groups((last - first + 4095) / 4096);
            Graph graph = gpu.create_graph();
            graph.call(kernel, all, buffer.as<u32>(), found, first, last);
            for (int i = 0; i < kRounds; ++i) {
                if (t < 2) gpu.write(view, std::span<const u8>(constant));
                else if (t == 2) gpu.call(kernel, all, buffer.as<u32>(), found, first, last);
                else graph.replay();
            }
            ASSERT_EQ(gpu.get(found)[0], 0u) << part.offset << " " << part.size;
        });
    }
}

TEST_P(AtomicCalls, leave_the_rest_of_a_word_to_other_threads) {
    const auto buffer = gpu.zeros<u8>(12);
    const std::array<BufferView<u8>, 4> parts{buffer.view(0, 1), buffer.view(1, 2), buffer.view(3, 4),
                                              buffer.view(7, 5)};
    on_threads(4, [&](int t) {
        const BufferView<u8>& own = parts[static_cast<std::size_t>(t)];
        for (int i = 0; i < 4 * kRounds; ++i) {
            const std::vector<u8> values(own.count(), static_cast<u8>(i));
            if (i % 2 == 0) gpu.write(own, std::span<const u8>(values));
            else gpu.fill(own, static_cast<u8>(i));
            ASSERT_EQ(gpu.get(own), values);
        }
    });
}

TEST_P(AtomicCalls, on_two_buffers_in_both_orders_end) {
    constexpr u64 kSize = 5 * kMiB / 2;
    const std::array<Buffer<u8>, 2> buffers{gpu.zeros<u8>(kSize + 2), gpu.zeros<u8>(kSize + 2)};
    on_threads(kThreads, [&](int t) {
        const std::vector<u8> constant(kSize, static_cast<u8>(t + 1));
        const auto one = buffers[t % 2 == 0 ? 0 : 1].view(1, kSize), other = buffers[t % 2 == 0 ? 1 : 0].view(1, kSize);
        for (int i = 0; i < 4; ++i) {
            gpu.write(one, std::span<const u8>(constant));
            gpu.write(other, std::span<const u8>(constant));
            gpu.copy(one, other);
            ASSERT_TRUE(is_whole(gpu.get(other)));
        }
    });
}

TEST_P(AtomicCalls, end_though_more_threads_transfer_than_there_are_staging_blocks) {
    constexpr u64 kSize = 9 * kMiB / 2;
    const auto shared = gpu.zeros<u8>(kSize);
    on_threads(3, [&](int t) {
        const std::vector<u8> constant(kSize, static_cast<u8>(t + 1));
        gpu.write(shared, std::span<const u8>(constant));
        EXPECT_TRUE(is_whole(gpu.get(shared)));
    });
}

// On a device that copies words, these go through the host.
TEST_P(AtomicCalls, that_copy_do_not_bring_back_what_was_before) {
    const auto from = gpu.zeros<u8>(1001), to = gpu.zeros<u8>(1001);
    const auto source = from.view(1, 1000), target = to.view(1, 1000);
    on_threads(2, [&](int t) {
        for (int i = 1; i <= 5 * kRounds; ++i) {
            const std::vector<u8> values(1000, static_cast<u8>(i));
            if (t == 0) gpu.write(source, std::span<const u8>(values));
            gpu.copy(source, target);
            if (t == 0) {
                ASSERT_EQ(gpu.get(target), values);
            }
        }
    });
}

// A continuation runs in whatever thread waits or polls; here it wants what another thread transfers.
TEST_P(AtomicCalls, of_continuations_and_of_the_transfers_that_run_them_end) {
    static thread_local std::size_t here = 0;
    constexpr u64 kSize = 5 * kMiB / 2;
    const auto small = gpu.zeros<u8>(4);
    const std::array<Buffer<u8>, 2> buffers{gpu.zeros<u8>(kSize), gpu.zeros<u8>(kSize)};
    on_threads(3, [&](int t) {
        here = static_cast<std::size_t>(t);
        const std::vector<u8> constant(kSize, static_cast<u8>(t + 1));
        for (int i = 0; i < kRounds; ++i) {
            std::vector<Future<void>> done;
            for (int n = 0; n < 4; ++n)
                done.push_back(gpu.get_async(small).then(
                    [&](const std::vector<u8>&) { gpu.fill(buffers[(here + 1) % 2], static_cast<u8>(here)); }));
            // The third thread only waits.
            if (here < 2) gpu.write(buffers[here], std::span<const u8>(constant));
            for (const auto& future : done) future.wait();
        }
        ASSERT_TRUE(is_whole(gpu.get(buffers[here % 2])));
    });
}

class AtomicCallsInMemory : public DeviceTest {
protected:
    static constexpr u64 kCount = 9 * kMiB / 8;  // more pieces than staging blocks
    [[nodiscard]] bool is_locked() const {
        detail::DeviceRecord& device = *gpu.record();
        const std::lock_guard lock(device.mutex);
        return !device.range_locks.empty();
    }
    [[nodiscard]] bool wait_until_locked() const {
        const auto begin = std::chrono::steady_clock::now();
        while (!is_locked() && !gpu.lost())
            if (std::chrono::steady_clock::now() - begin > 30s) return false;
        return true;
    }
    // From here on a transfer of the buffer stays under way until `release_endless`.
    void occupy(const Buffer<u32>& buffer, const Kernel& kernel) {
        gpu.call(kernel, groups(1), buffer);
        gpu.stream().flush();
    }
    Buffer<u32> busy_buffer() {
        auto buffer = gpu.zeros<u32>(kCount);
        occupy(buffer, compile(gpu, endless()));
        return buffer;
    }
    const std::vector<u32> sevens_ = std::vector<u32>(kCount, 7);
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AtomicCallsInMemory);
INSTANTIATE_TEST_SUITE_P(, AtomicCallsInMemory, ::testing::ValuesIn(test_devices_of("memory")), device_name);

TEST_P(AtomicCallsInMemory, hold_off_what_meets_them_and_nothing_else) {
    Kernel kernel = compile(gpu, increment());
    const auto buffer = busy_buffer(), other = gpu.empty<u32>(64), fives = gpu.empty<u32>(64),
               copy = gpu.empty<u32>(64);
    gpu.fill(fives, 5u);
    // Parts of what the upload writes last: a call that came between would be overwritten, or read what was before.
    const auto part = [&](u64 n) { return buffer.view(kCount - 64 * (n + 1), 64); };
    Graph graph = gpu.create_graph();
    graph.call(kernel, part(0));
    std::vector<u32> read, read_async;
    const std::vector<std::function<void()>> calls{
        [&] { graph.replay(); },
        [&] { gpu.call(kernel, part(1)); },
        [&] { gpu.fill(part(2), 5u); },
        [&] { gpu.fill(part(3).as<u8>().view(1, 254), u8{5}); },
        [&] { gpu.copy(fives, part(4)); },
        [&] { gpu.write(part(5), std::vector<u32>(64, 5)); },
        [&] { gpu.copy(part(6), copy); },
        [&] { read = gpu.get(part(6)); },
        [&] { read_async = gpu.get_async(part(6)).get(); },
    };
    std::atomic<std::size_t> begun{0};
    on_threads(static_cast<int>(calls.size()) + 2, [&](int t) {
        if (t == 0) return gpu.write(buffer, std::span<const u32>(sevens_));
        ASSERT_TRUE(wait_until_locked());
        EXPECT_TRUE(gpu.stream().contended());
        if (t > 1) {
            ++begun;
            return calls[static_cast<std::size_t>(t) - 2]();
        }
        while (begun < calls.size()) std::this_thread::yield();
        std::this_thread::sleep_for(20ms);
        error_text(ErrorCode::timed_out, [&] { static_cast<void>(gpu.get(buffer.view(0, 1), 20ms)); });
        gpu.fill(other, 1u);
        gpu.call(kernel, other);
        memory().release_endless();
    });
    EXPECT_FALSE(is_locked());
    const std::vector<u32> all = gpu.get(buffer);
    EXPECT_TRUE(std::all_of(all.begin(), all.end() - 7 * 64, [](u32 value) { return value == 7; }));
    EXPECT_THAT(gpu.get(part(0)), Each(8u));
    EXPECT_THAT(gpu.get(part(1)), Each(8u));
    EXPECT_THAT(gpu.get(part(2)), Each(5u));
    EXPECT_THAT(gpu.get(part(3).as<u8>().view(1, 254)), Each(5u));
    EXPECT_THAT(gpu.get(part(4)), Each(5u));
    EXPECT_THAT(gpu.get(part(5)), Each(5u));
    for (const std::vector<u32>& values : {gpu.get(copy), read, read_async}) EXPECT_THAT(values, Each(7u));
    EXPECT_THAT(gpu.get(other), Each(2u));
}

TEST_P(AtomicCallsInMemory, that_timed_out_hold_nobody_off) {
    const auto buffer = busy_buffer();
    error_text(ErrorCode::timed_out, [&] { static_cast<void>(gpu.get(buffer, 50ms)); });
    EXPECT_FALSE(is_locked());
    on_threads(1, [&](int) { gpu.fill(buffer, 3u); });
    memory().release_endless();
    EXPECT_THAT(gpu.get(buffer), Each(3u));
}

TEST_P(AtomicCallsInMemory, that_failed_hold_nobody_off) {
    for (const When when : {When::at_once, When::late}) {
        const auto buffer = gpu.zeros<u32>(kCount);
        gpu.wait();
        memory().fail_next(Call::map, when, ErrorCode::out_of_memory, "no address space", 2);
        EXPECT_THAT(error_text(ErrorCode::out_of_memory, [&] { gpu.write(buffer, std::span<const u32>(sevens_)); }),
                    HasSubstr("no address space"));
        EXPECT_FALSE(is_locked());
        on_threads(1, [&](int) { gpu.fill(buffer, 3u); });
        EXPECT_THAT(gpu.get(buffer), Each(3u));
    }
}

TEST_P(AtomicCallsInMemory, end_with_the_device) {
    for (const bool abandoned : {false, true}) {
        gpu = open();
        Kernel kernel = compile(gpu, increment());
        const auto buffer = busy_buffer();
        on_threads(4, [&](int t) {
            if (t == 0)
                return static_cast<void>(
                    error_text(ErrorCode::device_lost, [&] { gpu.write(buffer, std::span<const u32>(sevens_)); }));
            ASSERT_TRUE(wait_until_locked());
            if (t == 1) {
                error_text(ErrorCode::device_lost, [&] {
                    gpu.call(kernel, buffer);
                    gpu.wait();
                });
            } else if (t == 2) {
                error_text(ErrorCode::device_lost, [&] { static_cast<void>(gpu.get(buffer)); });
            } else {
                std::this_thread::sleep_for(20ms);
                if (abandoned) gpu.abandon();
                else memory().lose("it fell off the bus");
            }
        });
        EXPECT_FALSE(is_locked());
    }
}

TEST_P(AtomicCallsInMemory, let_the_continuations_pass_that_their_wait_runs) {
    Kernel kernel = compile(gpu, endless());
    const auto buffer = gpu.zeros<u32>(kCount), small = gpu.zeros<u32>(1);
    // Recorded first, it is done while the write waits for the kernel.
    const Future<void> filled = gpu.get_async(small).then([&](const std::vector<u32>&) {
        EXPECT_TRUE(is_locked());
        EXPECT_FALSE(gpu.stream().contended());
        gpu.fill(small, 5u);
        memory().release_endless();
    });
    occupy(buffer, kernel);
    gpu.write(buffer, std::span<const u32>(sevens_));
    filled.wait();
    EXPECT_THAT(gpu.get(buffer), Each(7u));
}

}  // namespace
}  // namespace alkomp::testing
