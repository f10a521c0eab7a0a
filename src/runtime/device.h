// SPDX-License-Identifier: MIT OR Apache-2.0
// A device's record: the backend device, its lock, its timelines, its pool and its transfers.
#pragma once

#include "alkomp/device.h"
#include "backend/backend.h"
#include "runtime/arguments.h"
#include "runtime/buffer.h"
#include "runtime/check.h"
#include "runtime/hazards.h"
#include "runtime/message.h"
#include "runtime/pool.h"
#include "runtime/range_lock.h"
#include "runtime/stream.h"
#include "runtime/transfer.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace alkomp::detail {

/// Locks. `mutex` guards recording, hazards, the pool and every backend call but poll; `poll_mutex` is
/// held by the one thread that polls. Order: poll_mutex, then mutex. Continuations run under neither.
/// What lets go of `mutex` before all of it is recorded keeps other threads off by `range_locks`.
struct DeviceRecord final : Progress, std::enable_shared_from_this<DeviceRecord> {
    DeviceInfo info;
    DeviceOptions options;
    std::string identity;  ///< of the driver and device, for cache keys
    std::shared_ptr<backend::Backend> owner;
    std::unique_ptr<backend::Device> backend;  ///< left behind (released, not destroyed) after abandon
    Capabilities capabilities;
    backend::Properties properties;

    mutable std::mutex mutex;
    std::vector<std::unique_ptr<Timeline>> timelines;  ///< [0] is the default stream's
    StreamRecord default_stream;
    RangeLocks range_locks{*this};
    /// The open ones, but for those that `finish` waits for.
    std::unordered_map<backend::Ticket, std::function<void(backend::Completion&)>> tickets;
    Use by_address;  ///< the last kernel that used raw addresses; it may have touched any buffer
    Pool pool;
    std::unique_ptr<Transfers> transfers;
    MessageBlocks message_blocks{*this};
    std::vector<backend::BufferId> empties;  ///< stand in for buffers of no bytes, by place among the bindings
    std::vector<BufferRecord*> buffers;      ///< alive, for poisoning; not owned
    std::unordered_map<std::string, std::weak_ptr<KernelRecord>> kernels;     ///< compiled and in use, by key
    std::unordered_map<u64, std::shared_ptr<KernelRecord>> recorded_kernels;  ///< by `key_of` in lang/recorded.h
    std::vector<std::pair<backend::KernelId, std::vector<Conflicts::Wait>>> kernels_to_release;
    std::vector<std::pair<backend::RecordedId, std::vector<Conflicts::Wait>>> recorded_to_release;
    struct CheckedSource {
        std::string label;  ///< of its kernel
        std::shared_ptr<const SourceTexts> texts;
    };
    std::unordered_map<backend::KernelId, CheckedSource> sources;  ///< of kernels that are checked, while they live
    FaultLog faults;
    u32 streams_made = 1;
    bool profiling = false;
    Profile profile;  ///< its spans begin on the device's clock

    std::atomic<bool> lost{false};
    std::atomic<bool> abandoned{false};  ///< the driver is not to be touched any more
    backend::Status loss;                ///< why, set before `lost`

    std::mutex poll_mutex;
    std::condition_variable progressed;
    std::mutex progressed_mutex;
    std::atomic<u64> progress_count{0};

    ~DeviceRecord() override;

    // Waiting. None may be called under `mutex`.
    void advance(std::chrono::nanoseconds limit) override;
    void flush() override;  ///< submits the pending batch of every timeline
    [[nodiscard]] bool waits() const noexcept override { return !owner || owner->waits(); }
    /// Polls until `done` or `limit` passed, or once where nobody can wait; returns done(). Wakes when the device is lost.
    bool wait_until(const std::function<bool()>& done, std::chrono::nanoseconds limit);
    /// Waits until the timelines have passed these points. Throws timed_out (text starts with `function`), device_lost,
    /// unsupported where nobody can wait.
    void wait_points(std::span<const Conflicts::Wait> points, std::chrono::nanoseconds limit, const char* function);
    /// Finishes a pending backend call: polls until its ticket is reported. Throws its failure.
    void finish(const backend::Pending& pending, std::chrono::nanoseconds limit, const char* function,
                const std::function<void(backend::Completion&)>& take = {});

    // Recording. All are called under `mutex`.
    Timeline& create_timeline(u32 queue);
    /// `profile` on the host's clock, all spans by one pair of readings, since pairs differ by more than calls take.
    [[nodiscard]] Profile profile_of_host();
    /// Appends a command that makes these accesses; adds barriers and waits as needed; may submit.
    void append(Timeline& timeline, backend::Command command, std::span<const BufferAccess> accesses,
                std::string_view name, u64 bytes);
    /// Appends a checked call.
    void append_call(Timeline& timeline, const CheckedCall& call);
    /// What a checked call accesses, appended to `out`, and the command for it, whose arrays lie in `arena`.
    static void gather_accesses(const CheckedCall& call, std::vector<BufferAccess>& out);
    backend::Command make_command(const CheckedCall& call, Arena& arena, MessageBlock* messages = nullptr);
    /// Submits the pending batch, and then a recorded list if there is one; returns its sequence.
    /// Throws out_of_memory, device_lost; then the batch is dropped and what it would have written is poisoned.
    u64 submit(Timeline& timeline, backend::RecordedId recorded = backend::RecordedId::none);
    /// Makes the next command of `timeline` wait on the device for these points, submitting what they need.
    void wait_on_device(Timeline& timeline, std::span<const Conflicts::Wait> points);
    /// Runs `action`, outside the lock, once the point has passed or failed. Duty: it has not passed yet.
    void on_passed(Timeline& timeline, u64 sequence, std::function<void(const backend::Status&)> action);
    /// Under the mutex.
    [[nodiscard]] bool passed(const Conflicts::Wait& point) const noexcept {
        return timelines[point.timeline]->completed.load(std::memory_order_acquire) >= point.sequence;
    }
    void release(backend::KernelId kernel);
    /// Releases kernels and recorded lists whose work has passed.
    void release_passed();

    /// Throws device_lost, or the fork error, if this device can no longer be used.
    void check_usable(const char* function) const;
    /// Throws the pending failure of a timeline, once.
    void throw_failure(Timeline& timeline, const char* function);
    void mark_lost(backend::Status why);

    /// Called after recording, under no lock: takes in what is done, and waits when too much is in flight.
    void relieve(Timeline& timeline, u64 submitted_before);
    /// True when `relieve` may wait after the next call.
    [[nodiscard]] bool crowded(const Timeline& timeline) const;

    DeviceRecord();

private:
    using Continuations = std::vector<std::function<void()>>;
    /// What `finish` waits for. It is told under the mutex: it may be needed for what a continuation waits for.
    struct Report {
        backend::Completion completion;
        std::atomic<bool> ready{false};
    };
    void run(Continuations& then);
    bool run_ready();
    void provide_empties(std::size_t count);
    void prepare(Timeline& timeline, std::span<const BufferAccess> accesses, bool everywhere = false);
    void push(Timeline& timeline, backend::Command command, std::span<const BufferAccess> accesses,
              std::string_view name, u64 bytes);
    void append_dispatch(Timeline& timeline, const CheckedCall& call, MessageBlock* messages);
    void append_with_messages(Timeline& timeline, const CheckedCall& call);
    bool map_messages(Timeline& timeline, InFlight& batch);
    void take_messages(InFlight& batch, Continuations& then);
    void take_faults(InFlight& batch, Continuations& then);
    void add_source_lines(backend::Completion& completion) const;
    [[nodiscard]] const SourceTexts* texts_of(backend::KernelId kernel, std::string_view label,
                                              const std::string& file) const;
    void take_completion(backend::Completion& completion, Continuations& then);
    void retire(Timeline& timeline, Continuations& then);
    void fail_everything(Continuations& then);
    void add_spans(const Timeline& timeline, const InFlight& batch);
    void poison_writes(const Timeline& timeline, u64 sequence, const backend::Status& why);

    Conflicts conflicts_;                                                 ///< of the command being recorded
    std::vector<BufferAccess> accesses_;                                  ///< of the call being recorded
    std::vector<backend::Completion> completions_;                        ///< guarded by poll_mutex
    std::unordered_map<backend::Ticket, backend::Completion> unclaimed_;  ///< reported before anyone asked
    std::unordered_map<backend::Ticket, std::shared_ptr<Report>> reports_;
    Continuations ready_;  ///< to run at the next advance of a thread that may
    std::atomic<int> waiters_{0};
    std::atomic<int> shared_polls_{0};  ///< polls that stay short because several threads wait
};

/// Throws the front's error for a status from below the seam: "function: text".
[[noreturn]] void throw_status(const char* function, const backend::Status& status);

}  // namespace alkomp::detail
