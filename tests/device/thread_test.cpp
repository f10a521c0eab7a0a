// SPDX-License-Identifier: MIT OR Apache-2.0
// Several threads on one device: the shared default stream, own streams, everything at once.
#include "support/device_test.h"
#include "support/kernels.h"
#include "support/sanitizer.h"

#include <thread>

namespace alkomp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;

ALKOMP_DEVICE_SUITE(Threads);
ALKOMP_MEMORY_SUITE(ThreadsInMemory);

constexpr int kThreads = 8;
constexpr u32 kCalls = times(10'000, 1'000);

TEST_P(Threads, share_the_default_stream_for_ten_thousand_calls_each) {
    Kernel kernel = compile(gpu, increment());
    const auto shared = gpu.zeros<u32>(1);
    std::vector<Buffer<u32>> own;
    for (int t = 0; t < kThreads; ++t) own.push_back(gpu.zeros<u32>(1));
    on_threads(kThreads, [&](int t) {
        for (u32 i = 0; i < kCalls; ++i) gpu.call(kernel, i % 2 == 0 ? shared : own[static_cast<std::size_t>(t)]);
    });
    EXPECT_EQ(gpu.get(shared)[0], kThreads * kCalls / 2);
    for (const auto& buffer : own) EXPECT_EQ(gpu.get(buffer)[0], kCalls / 2);
}

TEST_P(Threads, with_streams_of_their_own_for_ten_thousand_calls_each) {
    Kernel kernel = compile(gpu, increment());
    std::vector<Buffer<u32>> own;
    for (int t = 0; t < kThreads; ++t) own.push_back(gpu.zeros<u32>(1));
    on_threads(kThreads, [&](int t) {
        Stream stream = gpu.create_stream();
        const auto& data = own[static_cast<std::size_t>(t)];
        for (u32 i = 0; i < kCalls; ++i) stream.call(kernel, data);
        std::vector<u32> out(1);
        stream.read(data, out);
        EXPECT_EQ(out[0], kCalls);
    });
}

TEST_P(Threads, make_copy_read_wait_and_drop_at_the_same_time) {
    Kernel kernel = compile(gpu, add());
    on_threads(kThreads, [&](int t) {
        Stream stream = gpu.create_stream();
        for (u32 i = 0; i < 40; ++i) {
            const u32 factor = static_cast<u32>(t) * 100 + i + 1;
            const auto a = gpu.to_device(ramp(300, factor)), b = gpu.empty<u32>(300), c = gpu.empty<u32>(300);
            stream.copy(a, b);
            stream.call(kernel, a, b, c);
            if (i % 3 == 0) {
                EXPECT_EQ(gpu.get(c), ramp(300, 2 * factor));
            } else if (i % 3 == 1) {
                EXPECT_EQ(gpu.get_async(c).get(), ramp(300, 2 * factor));
            } else {
                stream.event().wait();
            }
            if (i % 16 == 0) static_cast<void>(gpu.trim());
            if (i % 16 == 8) gpu.wait();
        }
    });
}

TEST_P(Threads, compile_the_same_and_other_kernels_at_the_same_time) {
    on_threads(kThreads, [&](int t) {
        for (int i = 0; i < 4; ++i) {
            Kernel kernel = compile(gpu, (t + i) % 2 == 0 ? increment() : add());
            const auto data = gpu.to_device<u32>({5});
            if ((t + i) % 2 == 0) gpu.call(kernel, data);
            else gpu.call(kernel, data, data, data);
            EXPECT_EQ(gpu.get(data)[0], (t + i) % 2 == 0 ? 6u : 10u);
        }
    });
}

TEST_P(Threads, open_and_drop_devices_at_the_same_time) {
    on_threads(kThreads, [&](int t) {
        for (int i = 0; i < 3; ++i) {
            Device device = open();
            EXPECT_EQ(device.get(device.to_device<int>({t, i})), (std::vector<int>{t, i}));
        }
    });
}

TEST_P(Threads, replay_one_graph_from_streams_of_their_own) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(1);
    Graph graph = gpu.create_graph();
    graph.call(kernel, data);
    on_threads(kThreads, [&](int) {
        Stream stream = gpu.create_stream();
        for (int i = 0; i < 100; ++i) stream.replay(graph);
        stream.wait();
    });
    EXPECT_EQ(gpu.get(data)[0], kThreads * 100u);
}

TEST_P(ThreadsInMemory, are_all_woken_by_abandon) {
    Kernel kernel = compile(gpu, endless());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    gpu.stream().flush();
    std::atomic<int> woken{0};
    const auto start = std::chrono::steady_clock::now();
    std::thread killer([&] {
        std::this_thread::sleep_for(100ms);
        gpu.abandon();
    });
    on_threads(kThreads, [&](int t) {
        error_text(ErrorCode::device_lost, [&] {
            if (t % 2 == 0) gpu.wait();
            else static_cast<void>(gpu.get(data));
        });
        ++woken;
    });
    killer.join();
    EXPECT_EQ(woken.load(), kThreads);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
    EXPECT_TRUE(gpu.lost());
    const auto other = open();
    EXPECT_FALSE(other.lost());
}

}  // namespace
}  // namespace alkomp::testing
