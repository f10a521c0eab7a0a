// SPDX-License-Identifier: MIT OR Apache-2.0
// Futures without a device: who completes them, who waits, and what follows.
#include "alkomp/future.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace alkomp {
namespace {

using namespace std::chrono_literals;
using detail::FutureValue;

// Completes what it was given at the advance that was asked for.
class Steps final : public detail::Progress {
public:
    void advance(std::chrono::nanoseconds limit) override {
        std::function<void()> run;
        {
            const std::lock_guard lock(mutex_);
            ++advances;
            if (--steps == 0) run = std::move(action);
        }
        if (run) run();
        else if (limit > 0ns) std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(limit, 100us));
    }
    void flush() override { ++flushes; }

    int steps = 0;
    std::atomic<int> advances{0};
    std::atomic<int> flushes{0};
    std::function<void()> action;

private:
    std::mutex mutex_;
};

// A coroutine that runs until its first wait, and is not waited for itself.
struct Task {
    struct promise_type {
        Task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

TEST(FutureUnit, WaitingFlushesOnceAndDrivesProgressUntilDone) {
    auto steps = std::make_shared<Steps>();
    auto state = std::make_shared<FutureValue<int>>(steps);
    Future<int> future(state);
    steps->steps = 3;
    steps->action = [&] {
        state->value = 7;
        state->complete();
    };
    EXPECT_FALSE(future.done());
    EXPECT_EQ(future.get(), 7);
    EXPECT_EQ(steps->flushes, 1);
    EXPECT_EQ(steps->advances, 3);
    EXPECT_TRUE(future.wait_for(0ns));
}

TEST(FutureUnit, AWaitThatGivesUpMayBeRepeated) {
    auto steps = std::make_shared<Steps>();
    auto state = std::make_shared<FutureValue<void>>(steps);
    Future<void> future(state);
    EXPECT_FALSE(future.wait_for(1ms));
    try {
        future.wait(1ms);
        FAIL() << "it did not throw";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::timed_out);
        EXPECT_THAT(error.what(), testing::HasSubstr("1 ms"));
    }
    state->complete();
    future.wait(0ns);
}

TEST(FutureUnit, AWaitOfNoTimeStillLooksOnce) {
    auto steps = std::make_shared<Steps>();
    auto state = std::make_shared<FutureValue<void>>(steps);
    Future<void> future(state);
    steps->steps = 1;
    steps->action = [&] { state->complete(); };
    EXPECT_TRUE(future.wait_for(0ns));
}

TEST(FutureUnit, AFailureIsRethrownToEveryWaiter) {
    auto state = std::make_shared<FutureValue<int>>(nullptr);
    Future<int> future(state);
    state->fail(std::make_exception_ptr(Error(ErrorCode::internal, "it broke.")));
    EXPECT_THROW(future.wait(), Error);
    EXPECT_THROW(static_cast<void>(future.get()), Error);
}

TEST(FutureUnit, OnlyTheFirstOutcomeCounts) {
    auto state = std::make_shared<FutureValue<void>>(nullptr);
    int runs = 0;
    state->on_done([&] { ++runs; });
    state->complete();
    state->fail(std::make_exception_ptr(Error(ErrorCode::internal, "late.")));
    EXPECT_EQ(state->failure(), nullptr);
    EXPECT_EQ(runs, 1);
}

TEST(FutureUnit, ThenMapsValuesAndSkipsOnFailure) {
    auto state = std::make_shared<FutureValue<int>>(nullptr);
    auto text = Future<int>(state).then([](int value) { return std::to_string(value); });
    auto length = text.then([](const std::string& value) { return value.size(); });
    state->value = 1234;
    state->complete();
    EXPECT_EQ(length.get(), 4u);

    auto broken = std::make_shared<FutureValue<void>>(nullptr);
    bool ran = false;
    auto after = Future<void>(broken).then([&] { ran = true; });
    broken->fail(std::make_exception_ptr(Error(ErrorCode::device_lost, "gone.")));
    EXPECT_THROW(after.wait(), Error);
    EXPECT_FALSE(ran);
}

TEST(FutureUnit, AnExceptionInAContinuationBecomesItsFailure) {
    auto state = std::make_shared<FutureValue<void>>(nullptr);
    auto next = Future<void>(state).then([]() -> int { throw Error(ErrorCode::invalid_argument, "no."); });
    state->complete();
    EXPECT_THROW(static_cast<void>(next.get()), Error);
}

TEST(FutureUnit, ContinuationsMayTouchTheFuture) {
    auto state = std::make_shared<FutureValue<void>>(nullptr);
    bool nested = false;
    state->on_done([&] {
        EXPECT_TRUE(state->done());
        state->on_done([&] { nested = true; });
    });
    state->complete();
    EXPECT_TRUE(nested);
}

TEST(FutureUnit, CoroutinesResumeInsideTheCompletion) {
    auto state = std::make_shared<FutureValue<int>>(nullptr);
    int seen = 0;
    const auto run = [](std::shared_ptr<FutureValue<int>> from, int* out) -> Task {
        *out = co_await Future<int>(std::move(from));
    };
    run(state, &seen);
    EXPECT_EQ(seen, 0);
    state->value = 5;
    state->complete();
    EXPECT_EQ(seen, 5);
}

TEST(FutureUnit, SeveralThreadsMayWait) {
    auto steps = std::make_shared<Steps>();
    auto state = std::make_shared<FutureValue<void>>(steps);
    steps->steps = 50;
    steps->action = [&] { state->complete(); };
    std::vector<std::thread> threads;
    std::atomic<int> done{0};
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            if (state->wait_for(10s)) ++done;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, 4);
}

TEST(FutureUnit, AThreadThatCompletesWakesWaitersWithoutProgress) {
    auto state = std::make_shared<FutureValue<void>>(nullptr);
    std::thread other([&] {
        std::this_thread::sleep_for(2ms);
        state->complete();
    });
    EXPECT_TRUE(state->wait_for(10s));
    other.join();
}

TEST(FutureUnit, TheHandleKeepsProgressAliveAndTheStateDoesNot) {
    auto steps = std::make_shared<Steps>();
    const std::weak_ptr<Steps> watch = steps;
    auto state = std::make_shared<FutureValue<void>>(steps);
    {
        const Future<void> future(state);
        steps.reset();
        EXPECT_FALSE(watch.expired());
    }
    EXPECT_TRUE(watch.expired());
    EXPECT_FALSE(state->wait_for(1ms));
}

TEST(FutureUnit, AnEmptyFutureSaysSo) {
    const Future<int> future;
    try {
        future.wait();
        FAIL() << "it did not throw";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    }
}

}  // namespace
}  // namespace alkomp
