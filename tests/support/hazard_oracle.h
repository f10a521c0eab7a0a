// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds missing barriers and waits: a second, independent account of which command of which queue is
// ordered after which, kept as vector clocks, against which every access is checked.
#pragma once

#include "backend/backend.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace alkomp::testing {

/// Rules. A command with a barrier is ordered after all earlier ones of its queue. A wait orders all
/// later commands of its queue after everything submitted to the other queue up to the ticket. That
/// the host saw a ticket complete makes overwriting legal, since its writes are then available and its
/// reads over, but not reading: nothing has made the writes visible to the reader.
class HazardOracle {
public:
    struct Access {
        u64 buffer = 0;
        u64 begin = 0, end = 0;
        bool writes = false;
    };

    void begin_submission(u32 queue, std::span<const backend::Ticket> waits);
    void command(u32 queue, bool barrier, std::span<const Access> accesses, std::string_view what);
    void end_submission(u32 queue, backend::Ticket ticket);
    /// The host has been told that the ticket completed.
    void reported(backend::Ticket ticket);
    void forget(u64 buffer) { buffers_.erase(buffer); }

    /// Any other broken promise that a backend cannot see as wrong but a driver may punish.
    static void report(std::string text);
    /// What was found since the last call, by any oracle of the process.
    [[nodiscard]] static std::vector<std::string> take_violations();

private:
    using Clock = std::vector<u64>;  // per queue: commands up to this one are ordered before
    struct Queue {
        u64 commands = 0;
        u64 seen_by_host = 0;
        Clock before;
    };
    struct Past {
        Access access;
        u32 queue = 0;
        u64 command = 0;
        std::string what;
    };
    struct End {
        u32 queue = 0;
        u64 commands = 0;
        Clock before;
    };
    Queue& queue_at(u32 index);
    void forget_covered(u32 queue, const Access& access, std::vector<Past>& past) const;
    void check(u32 queue, const Access& access, const Past& past, std::string_view what) const;

    std::vector<Queue> queues_;
    std::unordered_map<u64, std::vector<Past>> buffers_;
    std::map<backend::Ticket, End> ends_;
};

}  // namespace alkomp::testing
