// SPDX-License-Identifier: MIT OR Apache-2.0
// The queue of a device: work handed to it, what of it is done, and its clock.
#pragma once

#include "backend/webgpu/record.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace alkomp::backend::webgpu {

/// Where the device's clock lies against the host's, told by when work with timestamps was submitted and found done.
class ClockOffset {
public:
    void observe(u64 submitted_host_ns, u64 done_host_ns, u64 first_device_ns, u64 last_device_ns);
    [[nodiscard]] Device::ClockPair read();

private:
    std::mutex mutex_;
    i64 least_ns_ = 0, most_ns_ = 0;  ///< host time minus device time lies between
    i64 offset_ns_ = 0;               ///< that is told
    bool observed_ = false;
};

/// A list kept for `Submission::recorded`; command buffers live once, so it is encoded each time.
struct RecordedList {
    std::vector<Command> commands;
    std::vector<std::unique_ptr<std::vector<BoundRange>>> bindings;
    std::vector<std::unique_ptr<std::vector<std::byte>>> scalars;
};

class Queue {
public:
    Queue(Core& core, Memory& memory, Pipelines& pipelines) : core_(core), memory_(memory), pipelines_(pipelines) {}
    void start();
    void destroy() noexcept;
    /// True when the device has nothing left to do; never waits. For devices whose owner is gone.
    [[nodiscard]] bool idle();

    Status record(std::span<const Command> commands, RecordedId& out);
    void release(RecordedId id);
    Pending submit(const Submission& submission);
    void poll(std::vector<Completion>& out, u64 limit_ns);
    [[nodiscard]] Device::ClockPair clock() { return clock_.read(); }

private:
    struct InFlight {
        Ticket ticket = 0;
        u32 open = 1;  ///< events that are still to come
        u32 timestamps = 0;
        std::vector<TimestampPage> pages;
        std::vector<HostRead> reads;
        u64 submitted_host_ns = 0;  ///< only with timestamps
        Status outcome;
        WGPUCommandBuffer commands = nullptr;  ///< until it is handed over
        bool handed_over = false;
    };
    Status encode(const Submission& submission, InFlight& flight, bool watched);
    [[nodiscard]] bool works();
    Status hand_over(Ticket own, ErrorScope* watching);
    void hand_over_held();
    void drop_held() noexcept;
    void ask_for_end(const InFlight& flight);
    bool collect(std::vector<Completion>& out);
    void note(const Event& event);
    void complete(InFlight& done, std::vector<Completion>& out);
    void read_timestamps(const InFlight& done, std::vector<u64>& out);
    bool report_lost(std::vector<Completion>& out);
    [[nodiscard]] bool open();

    Core& core_;
    Memory& memory_;
    Pipelines& pipelines_;
    RecordRoom room_;
    ClockOffset clock_;
    double period_ns_ = 1;
    bool holds_ = false;       ///< submissions wait here for those before them, since the library would block
    std::mutex submit_mutex_;  ///< goes before `mutex_`: held while work is encoded and handed over
    std::vector<std::unique_ptr<RecordedList>> recorded_;
    std::mutex mutex_;
    std::deque<InFlight> flight_;  ///< guarded by `mutex_`
};

}  // namespace alkomp::backend::webgpu
