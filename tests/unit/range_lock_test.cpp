// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/range_lock.h"

#include "alkomp/error.h"
#include "runtime/device.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>

namespace alkomp::detail {
namespace {

using namespace std::chrono_literals;

// How a wait ended.
enum class End { passed, timed_out, lost };

class RangeLockUnit : public ::testing::Test {
protected:
    End ends(const std::function<void()>& wait) {
        try {
            wait();
            return End::passed;
        } catch (const Error& error) {
            text_ = error.what();
            return error.code() == ErrorCode::timed_out ? End::timed_out : End::lost;
        }
    }
    End try_wait(std::vector<BufferAccess> accesses, std::chrono::nanoseconds limit = 0s) {
        return ends([&] {
            std::unique_lock mutex(device_.mutex);
            device_.range_locks.wait(mutex, accesses, Deadline(limit), "call");
        });
    }
    End try_lock(BufferAccess access, std::chrono::nanoseconds limit = 0s) {
        return ends([&] { RangeLock(device_, access).lock(Deadline(limit), "write"); });
    }
    // The same by another thread.
    template <class Body>
    static auto elsewhere(Body body) {
        return std::async(std::launch::async, body).get();
    }
    // Until another thread stands in the queue for a lock that `access` meets.
    void wait_for_a_waiter(BufferAccess access) {
        const auto begin = std::chrono::steady_clock::now();
        while (try_lock(access) == End::passed && std::chrono::steady_clock::now() - begin < 10s)
            std::this_thread::sleep_for(1ms);
    }
    bool is_empty() {
        const std::lock_guard mutex(device_.mutex);
        return device_.range_locks.empty();
    }

    DeviceRecord device_;
    BufferRecord a_, b_;
    std::string text_;
};

TEST_F(RangeLockUnit, HoldsOffWhatMeetsIt) {
    RangeLock writes(device_, {&a_, {0, 100, true}});
    writes.lock(Deadline(0s), "write");
    elsewhere([&] {
        EXPECT_EQ(try_wait({{&a_, {99, 120, false}}}), End::timed_out);
        EXPECT_EQ(text_,
                  "call: another thread's transfer of the same bytes was still under way after 0 ms; nothing "
                  "was recorded.");
        EXPECT_EQ(try_wait({{&b_, {0, 100, true}}, {&a_, {50, 51, true}}}), End::timed_out);
        EXPECT_EQ(try_lock({&a_, {0, 1, false}}), End::timed_out);
        EXPECT_EQ(try_wait({{&a_, {100, 120, true}}}), End::passed);
        EXPECT_EQ(try_wait({{&b_, {0, 100, true}}}), End::passed);
        EXPECT_EQ(try_lock({&b_, {0, 100, true}}), End::passed);
        EXPECT_EQ(try_wait({}), End::passed);
    });
}

TEST_F(RangeLockUnit, OfAReadLetsReadsPass) {
    RangeLock reads(device_, {&a_, {0, 100, false}}, {&b_, {0, 100, false}});
    reads.lock(Deadline(0s), "read");
    elsewhere([&] {
        EXPECT_EQ(try_wait({{&a_, {0, 100, false}}}), End::passed);
        EXPECT_EQ(try_lock({&a_, {0, 100, false}}), End::passed);
        EXPECT_EQ(try_wait({{&b_, {0, 4, true}}}), End::timed_out);
    });
}

TEST_F(RangeLockUnit, HoldsOffAKernelThatUsesAddresses) {
    RangeLock reads(device_, {&a_, {0, 4, false}});
    reads.lock(Deadline(0s), "read");
    auto call = std::async(std::launch::async, [&] {
        std::unique_lock mutex(device_.mutex);
        return device_.range_locks.wait(mutex, {}, "call", true);
    });
    EXPECT_EQ(call.wait_for(50ms), std::future_status::timeout);
    {
        const std::lock_guard mutex(device_.mutex);
        reads.release();
    }
    EXPECT_TRUE(call.get());
    EXPECT_TRUE(is_empty());
}

TEST_F(RangeLockUnit, LetsItsOwnThreadPass) {
    RangeLock writes(device_, {&a_, {0, 100, true}});
    writes.lock(Deadline(0s), "write");
    EXPECT_EQ(try_wait({{&a_, {0, 100, true}}}), End::passed);
    EXPECT_EQ(try_lock({&a_, {0, 100, true}}), End::passed);
    // The inner lock's end is not the outer one's.
    EXPECT_EQ(elsewhere([&] { return try_wait({{&a_, {0, 100, true}}}); }), End::timed_out);
}

TEST_F(RangeLockUnit, WakesThoseWhoWaitWhenItEnds) {
    std::optional<RangeLock> writes(std::in_place, device_, BufferAccess{&a_, {0, 100, true}});
    writes->lock(Deadline(0s), "write");
    auto call = std::async(std::launch::async, [&] { return try_wait({{&a_, {0, 4, true}}}, 60s); });
    auto other = std::async(std::launch::async, [&] { return try_lock({&a_, {0, 4, false}}, 60s); });
    EXPECT_EQ(call.wait_for(20ms), std::future_status::timeout);
    writes.reset();
    EXPECT_EQ(call.get(), End::passed);
    EXPECT_EQ(other.get(), End::passed);
    EXPECT_TRUE(is_empty());
}

TEST_F(RangeLockUnit, WakesThoseWhoWaitWhenTheDeviceIsLost) {
    RangeLock writes(device_, {&a_, {0, 100, true}});
    writes.lock(Deadline(0s), "write");
    auto call = std::async(std::launch::async, [&] { return try_wait({{&a_, {0, 4, true}}}, 60s); });
    EXPECT_EQ(call.wait_for(20ms), std::future_status::timeout);
    device_.mark_lost(backend::Status::failure(ErrorCode::device_lost, "it fell off the bus."));
    EXPECT_EQ(call.wait_for(30s), std::future_status::ready);
    EXPECT_EQ(call.get(), End::lost);
    EXPECT_EQ(text_, "call: it fell off the bus.");
}

TEST_F(RangeLockUnit, ComesInTurnButCallsThatTakeNoneDoNotWaitForThoseWhoWait) {
    std::optional<RangeLock> reads(std::in_place, device_, BufferAccess{&a_, {0, 100, false}});
    reads->lock(Deadline(0s), "read");
    auto writer = std::async(std::launch::async, [&] { return try_lock({&a_, {0, 100, true}}, 60s); });
    elsewhere([&] {
        wait_for_a_waiter({&a_, {0, 100, false}});
        EXPECT_EQ(try_lock({&a_, {0, 100, false}}), End::timed_out);
        EXPECT_EQ(try_wait({{&a_, {0, 100, false}}}), End::passed);
    });
    // Who holds a lock is waited for, and so waits for nobody who waits.
    EXPECT_EQ(try_lock({&a_, {0, 100, false}}), End::passed);
    reads.reset();
    EXPECT_EQ(writer.get(), End::passed);
}

TEST_F(RangeLockUnit, PutsContinuationsOffWhileTwoThreadsHoldOne) {
    DeviceRecord other_device;
    BufferRecord other_buffer;
    EXPECT_TRUE(RangeLocks::may_run_continuations());
    RangeLock one(device_, {&a_, {0, 100, true}}), two(device_, {&b_, {0, 100, true}});
    one.lock(Deadline(0s), "write");
    two.lock(Deadline(0s), "write");
    EXPECT_TRUE(RangeLocks::may_run_continuations());
    elsewhere([&] {
        EXPECT_TRUE(RangeLocks::may_run_continuations());
        RangeLock theirs(other_device, {&other_buffer, {0, 100, true}});
        theirs.lock(Deadline(0s), "write");
        EXPECT_FALSE(RangeLocks::may_run_continuations());
        EXPECT_FALSE(elsewhere([&] { return !RangeLocks::may_run_continuations(); }));
    });
    EXPECT_TRUE(RangeLocks::may_run_continuations());
}

}  // namespace
}  // namespace alkomp::detail
