// SPDX-License-Identifier: MIT OR Apache-2.0
// Recorded work on its way to the device: batches, timelines, and the stream handle's record.
#pragma once

#include "alkomp/stream.h"
#include "backend/backend.h"
#include "runtime/arena.h"
#include "runtime/check.h"
#include "runtime/message.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alkomp::detail {

struct BufferRecord;
struct KernelRecord;

/// What a profiled command was; two timestamps of its batch belong to it.
struct ProfileNote {
    std::string name;
    u64 bytes = 0;
};

/// Commands recorded and not yet submitted. Its storage is used again for the next batch.
struct Batch {
    std::vector<backend::Command> commands;
    Arena arena;  ///< what the commands' spans point into
    std::vector<backend::Ticket> waits;
    std::vector<ProfileNote> notes;
    std::vector<Messages> messages;
    u32 barriers = 0;  ///< commands that wait for what is before them
    bool read_by_host = false;

    [[nodiscard]] bool empty() const noexcept { return commands.empty() && waits.empty(); }
    void clear();
};

/// Work handed to the backend and not yet reported done.
struct InFlight {
    u64 sequence = 0;
    backend::Ticket ticket = 0;
    bool done = false;
    backend::Status status;
    std::vector<ProfileNote> notes;
    std::vector<u64> timestamps_ns;
    std::vector<Messages> messages;  ///< that it brings to the host
    u32 open_maps = 0;               ///< of their blocks, asked for once it was done
    std::vector<Fault> faults;       ///< with the lines of the source
    std::vector<TraceStep> trace;
};

/// One stream as its device sees it. Owned by the device, so that work in flight outlives the stream;
/// an orphan is used again for a new stream once it is idle. Guarded by DeviceRecord::mutex, but for
/// `completed`.
struct Timeline {
    u32 index = 0;
    u32 queue = 0;
    u64 submitted = 0;              ///< sequence of the last batch submitted; the pending one is submitted + 1
    std::atomic<u64> completed{0};  ///< all batches up to here are done
    u64 epoch = 1;                  ///< counts barriers: commands of one epoch may overlap
    bool owes_barrier = false;      ///< a batch with barriers in it was refused: the next command has one
    u32 submit_at = 16;             ///< commands in the pending batch that make it be submitted early
    bool orphan = false;
    std::vector<u64> acquired;          ///< per timeline: what this one has waited for on the device so far
    backend::Ticket passed_ticket = 0;  ///< of the batch `completed`
    Batch pending;
    std::deque<InFlight> in_flight;
    /// Run, outside the lock, once `sequence` is done or has failed; sorted by sequence.
    struct Action {
        u64 sequence = 0;
        std::function<void(const backend::Status&)> run;
    };
    std::deque<Action> actions;
    std::optional<backend::Status> failure;  ///< of a batch; thrown by the next wait, once

    [[nodiscard]] u64 recording() const noexcept { return submitted + 1; }
    [[nodiscard]] bool idle() const noexcept { return pending.empty() && in_flight.empty(); }
};

/// The default stream's record is a part of its device's, so that asking for it allocates nothing.
struct StreamRecord {
    DeviceRecord* device = nullptr;
    std::shared_ptr<DeviceRecord> keep;  ///< keeps the device alive; null for the default stream
    Timeline* timeline = nullptr;

    StreamRecord() = default;
    StreamRecord(const StreamRecord&) = delete;
    StreamRecord& operator=(const StreamRecord&) = delete;
    ~StreamRecord();  ///< submits what is pending and leaves the timeline to its device
};

/// The record behind a stream. Throws invalid_argument when it was never set or moved from.
StreamRecord& checked_record(const Stream& stream, const char* function);

}  // namespace alkomp::detail
