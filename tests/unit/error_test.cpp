// SPDX-License-Identifier: MIT OR Apache-2.0
// Error codes by name, and the log callback from many threads.
#include "alkomp/error.h"
#include "runtime/log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace alkomp {
namespace {

class Logging : public ::testing::Test {
protected:
    ~Logging() override { set_log({}); }
};

TEST(ErrorCodeName, is_spelled_as_in_the_enumeration) {
    EXPECT_EQ(to_string(ErrorCode::invalid_argument), "invalid_argument");
    EXPECT_EQ(to_string(ErrorCode::unsupported), "unsupported");
    EXPECT_EQ(to_string(ErrorCode::out_of_memory), "out_of_memory");
    EXPECT_EQ(to_string(ErrorCode::compile_failed), "compile_failed");
    EXPECT_EQ(to_string(ErrorCode::kernel_fault), "kernel_fault");
    EXPECT_EQ(to_string(ErrorCode::device_lost), "device_lost");
    EXPECT_EQ(to_string(ErrorCode::timed_out), "timed_out");
    EXPECT_EQ(to_string(ErrorCode::internal), "internal");
}

TEST_F(Logging, goes_to_the_callback_until_that_is_taken_away) {
    std::vector<std::string> lines;
    detail::log(LogLevel::error, "before");
    set_log([&](LogLevel level, std::string_view text) {
        lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(text));
    });
    detail::log(LogLevel::warning, "hello");
    detail::log(LogLevel::debug, "there");
    set_log({});
    detail::log(LogLevel::error, "after");
    EXPECT_EQ(lines, (std::vector<std::string>{"2 hello", "0 there"}));
}

TEST_F(Logging, survives_a_callback_that_throws) {
    set_log([](LogLevel, std::string_view) { throw std::runtime_error("no"); });
    detail::log(LogLevel::error, "hello");
}

TEST_F(Logging, keeps_the_callback_alive_while_it_runs) {
    auto kept = std::make_shared<int>(7);
    const std::weak_ptr<int> watch = kept;
    set_log([kept = std::move(kept)](LogLevel, std::string_view) {
        set_log({});
        EXPECT_EQ(*kept, 7);
    });
    detail::log(LogLevel::error, "hello");
    EXPECT_TRUE(watch.expired());
}

TEST_F(Logging, may_be_changed_while_other_threads_log) {
    std::atomic<int> heard{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 2000; ++i) {
                if (t == 0) set_log([&](LogLevel, std::string_view) { ++heard; });
                else detail::log(LogLevel::info, "line");
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    detail::log(LogLevel::info, "line");
    EXPECT_GT(heard.load(), 0);
}

}  // namespace
}  // namespace alkomp
