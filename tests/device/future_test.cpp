// SPDX-License-Identifier: MIT OR Apache-2.0
// Futures: reading back without blocking, chains, failures passed on, coroutines.
#include "support/device_test.h"
#include "support/kernels.h"

#include <coroutine>
#include <optional>

namespace alkomp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Futures);
ALKOMP_MEMORY_SUITE(FuturesInMemory);

// The least that a coroutine needs: it starts at once and keeps what it returned.
template <class T>
struct Task {
    struct promise_type {
        std::shared_ptr<std::optional<T>> value = std::make_shared<std::optional<T>>();
        std::shared_ptr<std::exception_ptr> failure = std::make_shared<std::exception_ptr>();
        Task get_return_object() { return {value, failure}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_value(T result) { value->emplace(std::move(result)); }
        void unhandled_exception() { *failure = std::current_exception(); }
    };
    std::shared_ptr<std::optional<T>> value;
    std::shared_ptr<std::exception_ptr> failure;
    [[nodiscard]] bool done() const { return value->has_value() || *failure != nullptr; }
};

Task<u32> sum_of_two(Device gpu, Buffer<u32> a, Buffer<u32> b) {
    const std::vector<u32> first = co_await gpu.get_async(a);
    const std::vector<u32> second = co_await gpu.get_async(b);
    co_return first.at(0) + second.at(0);
}

Task<int> failing(Device gpu, Buffer<u32> data) {
    co_await gpu.get_async(data).then([](const std::vector<u32>&) { throw std::out_of_range("beyond"); });
    co_return 1;
}

TEST_P(Futures, deliver_what_get_delivers) {
    const auto data = gpu.to_device(ramp(10'000));
    auto future = gpu.get_async(data);
    gpu.fill(data, 0u);
    EXPECT_EQ(future.get(), ramp(10'000));
    EXPECT_TRUE(future.done());
    EXPECT_THAT(gpu.get(data), Each(0u));
}

TEST_P(Futures, complete_inside_poll) {
    const auto data = gpu.to_device(ramp(100));
    auto future = gpu.get_async(data);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!future.done() && std::chrono::steady_clock::now() < deadline) {
        gpu.poll();
        std::this_thread::sleep_for(100us);
    }
    ASSERT_TRUE(future.done());
    EXPECT_EQ(future.get(), ramp(100));
}

TEST_P(Futures, chain_through_then_and_pass_failures_on) {
    auto chain = gpu.get_async(gpu.to_device<u32>({4, 5}))
                     .then([](std::vector<u32> values) { return values[0] * values[1]; })
                     .then([](u32 product) { return std::to_string(product); });
    EXPECT_EQ(chain.get(), "20");
    bool reached = false;
    auto broken = gpu.get_async(gpu.to_device<u32>({4}))
                      .then([](std::vector<u32> values) { return values.at(7); })
                      .then([&](u32) { reached = true; });
    EXPECT_THROW(broken.get(), std::out_of_range);
    EXPECT_FALSE(reached);
}

TEST_P(Futures, resume_coroutines_inside_waits) {
    const auto task = sum_of_two(gpu, gpu.to_device<u32>({40}), gpu.to_device<u32>({2}));
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!task.done() && std::chrono::steady_clock::now() < deadline) gpu.wait();
    ASSERT_TRUE(task.value->has_value());
    EXPECT_EQ(**task.value, 42u);
}

TEST_P(Futures, throw_their_failure_into_the_coroutine) {
    const auto task = failing(gpu, gpu.to_device<u32>({1}));
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!task.done() && std::chrono::steady_clock::now() < deadline) gpu.wait();
    ASSERT_TRUE(*task.failure);
    EXPECT_THROW(std::rethrow_exception(*task.failure), std::out_of_range);
}

TEST_P(Futures, of_a_stream_are_done_when_its_work_is) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    Future<void> done = gpu.stream().done();
    done.wait();
    EXPECT_THAT(gpu.get(data), Each(1u));
    EXPECT_TRUE(gpu.create_stream().done().wait_for(10s));
}

TEST_P(Futures, may_be_dropped_before_they_are_done) {
    for (int i = 0; i < 50; ++i) {
        const auto data = gpu.to_device(ramp(1000));
        static_cast<void>(gpu.get_async(data));
    }
    gpu.wait();
    EXPECT_EQ(gpu.get(gpu.to_device<u32>({3}))[0], 3u);
}

TEST_P(Futures, many_at_once_all_arrive) {
    std::vector<Future<std::vector<u32>>> futures;
    for (u32 i = 0; i < 100; ++i) futures.push_back(gpu.get_async(gpu.to_device(ramp(100, i))));
    for (u32 i = 0; i < 100; ++i) EXPECT_EQ(futures[99 - i].get(), ramp(100, 99 - i));
}

TEST_P(Futures, outlive_the_device_handle) {
    auto future = gpu.get_async(gpu.to_device(ramp(100)));
    drop();
    EXPECT_EQ(future.get(), ramp(100));
}

TEST_P(Futures, never_set_say_so) {
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [] { Future<int>().wait(); }), HasSubstr("holds no result"));
}

TEST_P(FuturesInMemory, give_up_waiting_and_can_be_waited_for_again) {
    Kernel kernel = compile(gpu, endless());
    const auto data = gpu.zeros<u32>(64);
    gpu.call(kernel, data);
    auto future = gpu.get_async(data);
    EXPECT_FALSE(future.wait_for(10ms));
    error_text(ErrorCode::timed_out, [&] { future.wait(10ms); });
    memory().release_endless();
    EXPECT_THAT(future.get(), Each(41u));
}

}  // namespace
}  // namespace alkomp::testing
