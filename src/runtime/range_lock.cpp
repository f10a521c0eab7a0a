// SPDX-License-Identifier: MIT OR Apache-2.0
// Locks of byte ranges.
#include "runtime/range_lock.h"

#include "runtime/device.h"

#include <algorithm>
#include <atomic>
#include <string>

namespace alkomp::detail {
namespace {

// How long the loss of the device may go unnoticed: whoever abandons it takes no lock.
constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(5);

std::atomic<int> holders{0};     // threads that hold a lock, of any device
thread_local int held_here = 0;  // locks of this thread, of any device

bool meet(const BufferAccess& a, const BufferAccess& b) {
    return a.record == b.record && a.access.begin < b.access.end && b.access.begin < a.access.end &&
           (a.access.writes || b.access.writes);
}

bool meet(std::span<const BufferAccess> a, std::span<const BufferAccess> b) {
    return std::any_of(a.begin(), a.end(), [&](const BufferAccess& x) {
        return std::any_of(b.begin(), b.end(), [&](const BufferAccess& y) { return meet(x, y); });
    });
}

}  // namespace

bool RangeLocks::may_run_continuations() noexcept { return held_here == 0 || holders.load() == 1; }

bool RangeLocks::contended() const noexcept {
    return std::any_of(requests_.begin(), requests_.end(), [](const Request* request) {
        return request->held && request->owner != std::this_thread::get_id();
    });
}

bool RangeLocks::blocked(const Request& request) const {
    bool is_before = true;
    for (const Request* other : requests_) {
        if (other == &request) is_before = false;
        if (other->owner == request.owner || !(other->held || (request.queues && is_before))) continue;
        if (other->everywhere || request.everywhere || meet(other->accesses, request.accesses)) return true;
    }
    return false;
}

bool RangeLocks::enter(std::unique_lock<std::mutex>& mutex, Request& request, const Deadline& deadline,
                       const char* function) {
    if (!blocked(request)) return false;
    requests_.push_back(&request);
    bool is_blocked = true;
    while (is_blocked && !device_.lost) {
        const std::chrono::nanoseconds left = deadline.left();
        if (left <= std::chrono::nanoseconds::zero()) break;
        changed_.wait_for(mutex, std::min(left, kSlice));
        is_blocked = blocked(request);
    }
    leave(request);
    if (device_.lost) throw_status(function, device_.loss);
    if (!is_blocked) return true;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.limit()).count();
    throw Error(ErrorCode::timed_out, std::string(function) +
                                          ": another thread's transfer of the same bytes was still " +
                                          "under way after " + std::to_string(ms) + " ms; nothing was recorded.");
}

void RangeLocks::leave(const Request& request) noexcept {
    std::erase(requests_, &request);
    if (!requests_.empty()) changed_.notify_all();
}

void RangeLocks::wait(std::unique_lock<std::mutex>& mutex, std::span<const BufferAccess> accesses,
                      const Deadline& deadline, const char* function) {
    if (requests_.empty()) return;
    Request request;
    request.accesses = accesses;
    enter(mutex, request, deadline, function);
}

bool RangeLocks::wait(std::unique_lock<std::mutex>& mutex, std::span<const BufferAccess> accesses, const char* function,
                      bool everywhere) {
    if (requests_.empty()) return false;
    Request request;
    request.accesses = accesses;
    request.everywhere = everywhere;
    return enter(mutex, request, Deadline(Timeout().limit), function);
}

// RangeLock ----------------------------------------------------------------------------------------

RangeLock::~RangeLock() {
    if (!request_.held) return;
    const std::lock_guard mutex(device_.mutex);
    release();
}

void RangeLock::lock(std::unique_lock<std::mutex>& mutex, const Deadline& deadline, const char* function) {
    RangeLocks& locks = device_.range_locks;
    // Whoever waits for this thread must not be waited for.
    request_.queues = held_here == 0;
    locks.enter(mutex, request_, deadline, function);
    locks.requests_.push_back(&request_);
    request_.held = true;
    if (held_here++ == 0) ++holders;
}

void RangeLock::lock(const Deadline& deadline, const char* function) {
    std::unique_lock mutex(device_.mutex);
    lock(mutex, deadline, function);
}

void RangeLock::release() noexcept {
    if (!request_.held) return;
    request_.held = false;
    device_.range_locks.leave(request_);
    if (--held_here == 0) --holders;
}

}  // namespace alkomp::detail
