// SPDX-License-Identifier: MIT OR Apache-2.0
// Which access comes before which: by the program, by barriers, by atomics and fences that release and acquire.
//
// Time of a workgroup is cut into intervals, at barriers and wherever something is released; in each of them a subgroup
// has an epoch, a number of its own. Within a workgroup what lies in an interval before is ordered by a barrier.
// Between workgroups, and between invocations in one interval, only what has been released and acquired is: a clock says
// up to where each other workgroup is known. Source: FastTrack (Flanagan, Freund 2009), with barriers for most clocks.
#pragma once

#include "backend/reference/check/shadow.h"
#include "ir/type.h"

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace alkomp::backend::reference {

/// What an invocation knows of a workgroup: all before a barrier, and single invocations up to an epoch.
struct Known {
    u32 interval = 0;          ///< accesses in storage intervals below this one are ordered
    std::map<u32, u32> until;  ///< invocation of the workgroup -> last epoch
    void join(const Known& other);
    [[nodiscard]] bool has(const Known& other) const;  ///< joining it changes nothing
};
using Clock = std::map<u64, Known>;  ///< by workgroup
using SharedClock = std::shared_ptr<const Clock>;

[[nodiscard]] SharedClock joined(const SharedClock& a, const SharedClock& b);

/// A time of the workgroups of one team.
struct Interval {
    u32 first_epoch = 0;
    u32 subgroups = 1;  ///< of a workgroup
    u64 first_group = 0;
    u32 shared = 0, storage = 0;         ///< barriers before it that order accesses there
    std::vector<u32> subgroup_barriers;  ///< of each subgroup; none: no such barrier so far
};

/// An invocation at a time.
struct Who {
    u64 group = 0;
    u32 subgroup = 0;
    u32 lane = 0;
    [[nodiscard]] bool operator==(const Who&) const = default;
};

/// Of one dispatch after the other.
class Epochs {
public:
    /// Forgets the last dispatch: its epochs are all before. False: there are no epochs left, and shadows must be cleared.
    [[nodiscard]] bool begin();
    void restart();
    [[nodiscard]] u32 first() const { return first_; }
    [[nodiscard]] u32 next() const { return next_; }
    /// Takes `count` epochs.
    void add(Interval interval, u32 count);
    [[nodiscard]] const Interval& of(u32 epoch) const;
    [[nodiscard]] const Interval& back() const { return intervals_.back(); }
    [[nodiscard]] static Who who(const Interval& interval, Cell cell);

private:
    std::vector<Interval> intervals_;
    mutable std::size_t recent_ = 0;
    u32 first_ = 1, next_ = 1;
};

/// What has been released by atomics, by the address.
using Released = std::unordered_map<u64, SharedClock>;
/// The same for one workgroup alone, by the address and the workgroup.
using ReleasedNear = std::map<std::pair<u64, u64>, SharedClock>;

}  // namespace alkomp::backend::reference
