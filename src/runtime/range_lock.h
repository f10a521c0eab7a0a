// SPDX-License-Identifier: MIT OR Apache-2.0
// What makes each call atomic, whatever other threads do. A call that records all it does under one hold
// of DeviceRecord::mutex is atomic by that. One that lets go of the mutex in between, such as a transfer in
// pieces, locks the bytes that it reads or writes until its last piece is recorded; every call of another
// thread that meets them (the ranges overlap and one of the two writes) waits before it records.
//
// No thread waits for itself: what a thread does while it holds a lock, in a continuation too, passes its
// own locks. No two wait for each other: a call locks all its ranges at once; while it holds them it waits
// for the device alone, and the continuations that run in that wait are put off while a second thread
// holds a lock, on whatever device. So of all threads that hold one, at most one can be waiting for one.
#pragma once

#include "runtime/deadline.h"
#include "runtime/hazards.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace alkomp::detail {

struct DeviceRecord;

/// The locks of one device. Guarded by its mutex, which `wait` lets go of while it sleeps.
class RangeLocks {
public:
    explicit RangeLocks(const DeviceRecord& device) : device_(device) {}

    /// True: nothing is locked. The test that spares a call the rest.
    [[nodiscard]] bool empty() const noexcept { return requests_.empty(); }

    /// For a call that does all it does under this hold of the mutex: waits until no other thread has a lock
    /// that `accesses` meet. Throws: timed_out, device_lost.
    void wait(std::unique_lock<std::mutex>& mutex, std::span<const BufferAccess> accesses, const Deadline& deadline,
              const char* function);
    /// For a call that has no limit of its own. `everywhere`: it uses raw addresses, and meets all. Returns
    /// whether it let go of the mutex meanwhile.
    bool wait(std::unique_lock<std::mutex>& mutex, std::span<const BufferAccess> accesses, const char* function,
              bool everywhere = false);

    /// True while another thread holds a lock.
    [[nodiscard]] bool contended() const noexcept;

    /// False while both this thread and another hold locks, of any device. Under no lock.
    [[nodiscard]] static bool may_run_continuations() noexcept;

private:
    friend class RangeLock;
    // One call's locks, or its wish for them; they come in order, so that none waits for ever.
    struct Request {
        std::span<const BufferAccess> accesses;
        bool everywhere = false;
        bool queues = false;  // behind those that wait already
        bool held = false;
        std::thread::id owner = std::this_thread::get_id();
    };
    [[nodiscard]] bool blocked(const Request& request) const;
    bool enter(std::unique_lock<std::mutex>& mutex, Request& request, const Deadline& deadline, const char* function);
    void leave(const Request& request) noexcept;

    const DeviceRecord& device_;
    std::vector<const Request*> requests_;
    std::condition_variable changed_;
};

/// Locks one range or two of them, at once, from `lock` to `release` or the end of its scope.
class RangeLock {
public:
    RangeLock(DeviceRecord& device, const BufferAccess& one, const BufferAccess& other = {})
        : device_(device), accesses_{one, other} {
        request_.accesses = accesses_;
    }
    RangeLock(const RangeLock&) = delete;
    RangeLock& operator=(const RangeLock&) = delete;
    ~RangeLock();  ///< takes the mutex if it is locked

    /// Under the mutex, which it lets go of while it waits. Throws: timed_out, device_lost.
    void lock(std::unique_lock<std::mutex>& mutex, const Deadline& deadline, const char* function);
    /// Under no mutex.
    void lock(const Deadline& deadline, const char* function);
    /// Under the mutex.
    void release() noexcept;

private:
    DeviceRecord& device_;
    std::array<BufferAccess, 2> accesses_;
    RangeLocks::Request request_;
};

}  // namespace alkomp::detail
