// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known of a team while its workgroups run: its shadows, its time, what its invocations have acquired.
#pragma once

#include "backend/reference/check/checker.h"

#include <span>

namespace alkomp::backend::reference {

/// What one invocation knows that its workgroup does not know yet.
struct LaneClocks {
    SharedClock acquired;                   ///< in force
    SharedClock pending;                    ///< read by relaxed atomics: in force behind the next fence
    SharedClock fenced;                     ///< released by the last fence: what relaxed atomics pass on
    SharedClock pending_near, fenced_near;  ///< the same within the workgroup alone
};

class Checking {
public:
    Checking(const Program& program, Checker& checker, std::byte* shared);

    void start(const Launch& launch, u64 first_group, u32 active);

    /// An access to cells; tells of a race.
    struct Access {
        Shadow* shadow = nullptr;
        u64 place = 0;
        u32 size_bytes = 4;
        u32 lane = 0;
        const CheckedAccess* about = nullptr;
        const std::byte* values = nullptr;  ///< what the lanes store; null: not known
        bool is_shared = false;
    };
    void reach(const Access& access);
    /// The same for all lanes, which reach elements one after the other from `access.place` on; false: something may be
    /// wrong, and nothing is done.
    [[nodiscard]] bool reach_row(const Access& access, u32 lanes);
    /// Plain reads of words of shared memory, lane after lane. Returns the first one that `reach` must look at, or all.
    [[nodiscard]] u32 pass_shared_reads(const CheckedAccess& about, const u32* places, u32 offset, const Truth* mask,
                                        u32 lane);
    /// An atomic passes on and takes what is released. Behind `reach`.
    void synchronize(const CheckedAccess& about, u64 address, u32 lane);
    void end_of_atomic();  ///< behind those of all lanes
    void fence(const CheckedBarrier& about, std::span<const Truth> mask);
    /// Tells where not all have come; then time goes on.
    void barrier(const CheckedBarrier& about, std::span<const Truth> mask);

    [[nodiscard]] Who who(u32 lane) const;
    void tell(const Found& found) { checker_.tell(*launch_, found); }

    Shadow shared;
    std::vector<u8> local_written;  ///< of each byte where a scalar begins: lanes side by side
    std::vector<u64> turns;         ///< of loops, by lane
    u32 turn_site = 0;              ///< of the loop that it goes round
    bool has_changed = false;       ///< something was stored that was not there before

private:
    /// Cells below this have nothing to do with what happens now.
    [[nodiscard]] u64 oldest(bool is_shared) const {
        return Cell::of(is_shared ? since_ : checker_.epochs.first(), 0).bits;
    }
    [[nodiscard]] bool is_old(Cell cell, bool is_shared) const { return cell.bits < oldest(is_shared); }
    [[nodiscard]] bool is_now(Cell cell) const { return cell.epoch() - now_.first_epoch < epochs_; }
    [[nodiscard]] bool is_before(Cell cell, u32 lane, bool is_shared) const;
    [[nodiscard]] bool is_known(Cell cell, const Interval& when, const Who& who, u32 lane, bool is_shared) const;
    [[nodiscard]] Others relation(Cell cell, u32 lane) const;
    [[nodiscard]] static u32 barriers_of(const Interval& at, u32 subgroup);
    void note_read(Cell& cell, Cell me, u32 lane, bool is_shared);
    [[nodiscard]] bool writes_same(Cell cell, const Access& access) const;
    void race(Cell cell, bool cell_writes, const Access& access);
    void next_interval();
    [[nodiscard]] SharedClock released_by(u32 lane) const;
    void take(const CheckedAccess& about, u32 lane, const SharedClock& given, bool is_near);

    const Program& program_;
    Checker& checker_;
    const Launch* launch_ = nullptr;
    u32 subgroups_;
    u32 active_ = 0;
    u32 epochs_ = 0;  ///< of an interval
    u32 since_ = 0;   ///< the first epoch whose accesses of shared memory are not behind a barrier
    Interval now_;
    std::vector<Cell> cells_;   ///< of each lane at this time
    SharedClock acquired_;      ///< by the workgroup
    SharedClock fenced_clock_;  ///< released by fences before the last barrier, for relaxed atomics of all
    std::map<u32, LaneClocks> lanes_;
    bool fenced_ = false;        ///< a fence of storage since the last barrier
    bool time_goes_on_ = false;  ///< an atomic of this instruction has released something
};

}  // namespace alkomp::backend::reference
