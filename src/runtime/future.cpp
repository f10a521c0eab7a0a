// SPDX-License-Identifier: MIT OR Apache-2.0
// What a future and whoever completes it share: the outcome, who waits for it and what follows it.
#include "alkomp/future.h"

#include "runtime/deadline.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace alkomp::detail {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

// Another thread, or another device, may complete the future: a sleeping driver does not see that.
constexpr nanoseconds kSlice = std::chrono::milliseconds(10);

}  // namespace

void refuse_to_wait(const char* function) {
    throw Error(ErrorCode::unsupported,
                std::string(function) +
                    ": a page in a browser cannot wait for its device, since that tells nothing "
                    "until the caller has returned to the page; take get_async, compile_async "
                    "or open_async and co_await or then of the future.");
}

struct FutureState::Shared {
    mutable std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::exception_ptr failure;
    std::vector<std::function<void()>> continuations;

    // Continuations run outside the lock: they may wait, or drop the future.
    void finish(std::exception_ptr why) {
        std::vector<std::function<void()>> then;
        {
            const std::lock_guard lock(mutex);
            if (done) return;
            done = true;
            failure = std::move(why);
            then.swap(continuations);
        }
        changed.notify_all();
        for (const auto& run : then) run();
    }
};

FutureState::FutureState(std::shared_ptr<Progress> progress)
    : progress_(std::move(progress)), shared_(std::make_unique<Shared>()) {}

FutureState::~FutureState() = default;

bool FutureState::done() const noexcept {
    const std::lock_guard lock(shared_->mutex);
    return shared_->done;
}

bool FutureState::wait_for(nanoseconds limit) {
    if (done()) return true;
    const std::shared_ptr<Progress> progress = progress_.lock();
    const Clock::time_point start = Clock::now();
    if (progress) progress->flush();
    if (progress && !progress->waits()) {
        progress->advance(nanoseconds::zero());
        if (!done() && limit > nanoseconds::zero()) refuse_to_wait("Future.wait");
        return done();
    }
    for (nanoseconds left = limit;; left = limit - (Clock::now() - start)) {
        const nanoseconds slice = std::clamp(left, nanoseconds::zero(), kSlice);
        if (progress) {
            progress->advance(slice);
            if (done()) return true;
        } else {
            std::unique_lock lock(shared_->mutex);
            if (shared_->changed.wait_for(lock, slice, [&] { return shared_->done; })) return true;
        }
        if (left <= nanoseconds::zero()) return false;
    }
}

void FutureState::wait(nanoseconds limit) {
    if (!wait_for(limit)) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        throw Error(ErrorCode::timed_out, "Future.wait: the wait gave up after " + std::to_string(ms) +
                                              " ms; the work lives on, and waiting again is legal.");
    }
    if (const std::exception_ptr why = failure()) std::rethrow_exception(why);
}

void FutureState::complete() { shared_->finish(nullptr); }

void FutureState::fail(std::exception_ptr failure) { shared_->finish(std::move(failure)); }

void FutureState::on_done(std::function<void()> continuation) {
    {
        const std::lock_guard lock(shared_->mutex);
        if (!shared_->done) {
            shared_->continuations.push_back(std::move(continuation));
            return;
        }
    }
    continuation();
}

std::exception_ptr FutureState::failure() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->failure;
}

}  // namespace alkomp::detail
