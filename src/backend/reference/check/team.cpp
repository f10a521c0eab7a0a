// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/check/team.h"

#include "ir/op.h"

#include <algorithm>
#include <cstring>

namespace alkomp::backend::reference {
namespace {

bool acquires(ir::Order order) { return order == ir::Order::acquire || order == ir::Order::acquire_release; }
bool releases(ir::Order order) { return order == ir::Order::release || order == ir::Order::acquire_release; }

}  // namespace

Checking::Checking(const Program& program, Checker& checker, std::byte* shared_memory)
    : shared(shared_memory, program.shared_bytes, false),
      local_written(static_cast<std::size_t>(program.local_bytes * program.lanes)),
      turns(program.lanes),
      program_(program),
      checker_(checker),
      subgroups_((program.invocations + program.subgroup_size - 1) / program.subgroup_size),
      cells_(program.lanes) {}

void Checking::start(const Launch& launch, u64 first_group, u32 active) {
    launch_ = &launch;
    active_ = active;
    epochs_ = active / program_.invocations * subgroups_;
    shared.forget_written();
    std::fill(turns.begin(), turns.end(), 0);
    acquired_.reset();
    fenced_clock_.reset();
    lanes_.clear();
    fenced_ = false;
    now_ = {};
    now_.first_group = first_group;
    now_.subgroups = subgroups_;
    since_ = checker_.epochs.next();
    checker_.started += active / program_.invocations;
    next_interval();
}

void Checking::next_interval() {
    const u32 groups = active_ / program_.invocations;
    checker_.epochs.add(now_, epochs_);
    now_.first_epoch = checker_.epochs.back().first_epoch;
    const u32 size = program_.invocations, subgroup = program_.subgroup_size;
    for (u32 group = 0, lane = 0; group < groups; ++group)
        for (u32 local = 0; local < size; ++local, ++lane)
            cells_[lane] = Cell::of(now_.first_epoch + group * subgroups_ + local / subgroup, local % subgroup);
}

Who Checking::who(u32 lane) const {
    const u32 local = lane % program_.invocations;
    return {now_.first_group + lane / program_.invocations, local / program_.subgroup_size,
            local % program_.subgroup_size};
}

u32 Checking::barriers_of(const Interval& at, u32 subgroup) {
    return at.subgroup_barriers.empty() ? 0 : at.subgroup_barriers[subgroup];
}

// What others have let this lane know.
bool Checking::is_known(Cell cell, const Interval& when, const Who& who, u32 lane, bool is_shared) const {
    const auto own = lanes_.find(lane);
    for (const SharedClock& clock : {acquired_, own != lanes_.end() ? own->second.acquired : SharedClock{}}) {
        if (!clock) continue;
        if (cell.others() == Others::many) {
            // All that have started have released something since.
            u64 known = 0;
            for (const auto& [group, of] : *clock) {
                known += std::any_of(of.until.begin(), of.until.end(),
                                     [&](const auto& one) { return one.second >= cell.epoch(); });
            }
            if (known + (clock->count(this->who(lane).group) == 0 ? 1 : 0) >= checker_.started) return true;
            continue;
        }
        const auto found = clock->find(who.group);
        if (found == clock->end()) continue;
        if (!is_shared && when.storage < found->second.interval) return true;
        const auto until = found->second.until.find(who.subgroup * program_.subgroup_size + who.lane);
        if (cell.others() == Others::none && until != found->second.until.end() && until->second >= cell.epoch())
            return true;
    }
    return false;
}

bool Checking::is_before(Cell cell, u32 lane, bool is_shared) const {
    const bool knows_more = acquired_ != nullptr || !lanes_.empty();
    if (cell.others() == Others::many && !knows_more) return false;
    const u32 since = cell.epoch() - now_.first_epoch, mine = cells_[lane].epoch() - now_.first_epoch;
    if (cell.epoch() >= now_.first_epoch && !knows_more) {
        // At the same time: only what it did itself.
        return since == mine && cell.lane() == cells_[lane].lane() && cell.others() == Others::none;
    }
    const Interval& when = checker_.epochs.of(cell.epoch());
    const Who who = Epochs::who(when, cell), me = this->who(lane);
    const Others others = cell.others();
    if (who.group == me.group && others != Others::many) {
        if (others == Others::none && who == me) return true;
        if (is_shared ? when.shared < now_.shared : when.storage < now_.storage) return true;
        if (others <= Others::subgroup && who.subgroup == me.subgroup &&
            barriers_of(when, who.subgroup) < barriers_of(now_, me.subgroup))
            return true;
    }
    return knows_more && is_known(cell, when, who, lane, is_shared);
}

Others Checking::relation(Cell cell, u32 lane) const {
    if (cell.epoch() == cells_[lane].epoch()) return Others::subgroup;
    if (is_now(cell) && active_ == program_.invocations) return Others::workgroup;
    const Interval& when = checker_.epochs.of(cell.epoch());
    const Who who = Epochs::who(when, cell), me = this->who(lane);
    if (who.group != me.group) return Others::many;
    return who.subgroup == me.subgroup ? Others::subgroup : Others::workgroup;
}

void Checking::reach(const Access& access) {
    if (checker_.epochs.next() > Cell::kMostEpoch) return;
    const CheckedAccess& about = *access.about;
    const u32 lane = access.lane;
    const Cell me = cells_[lane].at(about.site, about.is_atomic);
    const auto is_unordered = [&](Cell cell) {
        return !cell.is_alone(me) && !is_old(cell, access.is_shared) && !is_before(cell, lane, access.is_shared);
    };
    const auto conflicts = [&](Cell cell) { return !(about.is_atomic && cell.is_atomic()) && is_unordered(cell); };
    // Of two writes of one value less is wrong than of a write and a read: what is worse is told.
    std::optional<std::pair<Cell, bool>> worst;
    const Shadow::Cells written = about.writes ? access.shadow->writes(access.place, access.size_bytes)
                                               : access.shadow->find_writes(access.place, access.size_bytes);
    for (u32 i = 0; i < written.count; ++i) {
        Cell& cell = written.first[i];
        if (!worst && conflicts(cell)) worst = {cell, true};
        if (!about.writes) continue;
        // A plain write stays one for others, though the same lane has an atomic of its own behind it.
        if (about.is_atomic && !cell.is_atomic() && cell.is_alone(me)) continue;
        // Atomics of several invocations stay known as such: one that comes after them is ordered after none.
        const bool together = about.is_atomic && cell.is_atomic() && is_unordered(cell);
        cell = together ? me.with(std::max(cell.others(), relation(cell, lane))) : me;
    }
    if (about.writes) {
        const Shadow::Cells read = access.shadow->find_reads(access.place, access.size_bytes);
        for (u32 i = 0; i < read.count; ++i) {
            if (conflicts(read.first[i]) && (!worst || writes_same(worst->first, access)))
                worst = {read.first[i], false};
            if (!worst) read.first[i] = {};
        }
    }
    if (worst) race(worst->first, worst->second, access);
    if (about.writes) return;
    const Shadow::Cells read = access.shadow->reads(access.place, access.size_bytes);
    for (u32 i = 0; i < read.count; ++i) note_read(read.first[i], me, lane, access.is_shared);
}

bool Checking::reach_row(const Access& access, u32 lanes) {
    if (checker_.epochs.next() > Cell::kMostEpoch) return false;
    Shadow& shadow = *access.shadow;
    const u64 old = oldest(access.is_shared);
    const bool writes = access.about->writes;
    const Shadow::Cells own = writes ? shadow.row_of_writes(access.place, access.size_bytes, lanes)
                                     : shadow.row_of_reads(access.place, access.size_bytes, lanes);
    if (own.count == 0) return false;
    const u32 each = own.count / lanes;
    const auto is_free_of = [&](Cell cell, u32 lane) { return (cell.bits < old) | cell.is_alone(cells_[lane]); };
    // Nobody has been there who matters, or only the same lane.
    const auto is_free = [&](const Shadow::Cells& cells) {
        bool is = true;
        if (each == 1)
            for (u32 lane = 0; lane < lanes; ++lane) is &= is_free_of(cells.first[lane], lane);
        else
            for (u32 i = 0; i < cells.count; ++i) is &= is_free_of(cells.first[i], i / each);
        return is;
    };
    if (!is_free(own)) return false;
    if (writes ? shadow.has_reads(access.place) : shadow.has_writes(access.place)) {
        if (!is_free(writes ? shadow.row_of_reads(access.place, access.size_bytes, lanes)
                            : shadow.row_of_writes(access.place, access.size_bytes, lanes)))
            return false;
    }
    const u64 about = Cell{}.at(access.about->site, false).bits;
    if (each == 1)
        for (u32 lane = 0; lane < lanes; ++lane) own.first[lane].bits = cells_[lane].bits | about;
    else
        for (u32 i = 0; i < own.count; ++i) own.first[i].bits = cells_[i / each].bits | about;
    return true;
}

// Nearly all reads of shared memory: of words that others wrote before a barrier, and that others read now.
u32 Checking::pass_shared_reads(const CheckedAccess& about, const u32* places, u32 offset, const Truth* mask,
                                u32 lane) {
    const bool knows_more = acquired_ != nullptr || !lanes_.empty();
    if (checker_.epochs.next() > Cell::kMostEpoch || about.is_atomic || about.writes || knows_more ||
        about.size_bytes != Shadow::kWordBytes)
        return lane;
    const u64 old = oldest(true), site = Cell{}.at(about.site, false).bits;
    const bool may_be_unwritten = !about.tells_unwritten || !checker_.options().uninitialized;
    for (; lane < active_; ++lane) {
        if (mask[lane] == 0) continue;
        const Shadow::Word word = shared.word(u64{offset} + places[lane]);
        if (word.read == nullptr || !(word.is_written || may_be_unwritten)) return lane;
        const Cell me = cells_[lane];
        if (word.write.bits >= old && !word.write.is_alone(me)) return lane;
        const Cell cell = *word.read;
        if (cell.bits < old) {
            word.read->bits = me.bits | site;
            continue;
        }
        if (cell.is_atomic() || !is_now(cell)) return lane;
        if (cell.others() != Others::none && (cell.others() != Others::subgroup || cell.epoch() == me.epoch()))
            continue;
        if (cell.is_alone(me)) {
            word.read->bits = me.bits | site;
            continue;
        }
        const Others others = cell.epoch() == me.epoch() ? Others::subgroup : Others::workgroup;
        *word.read = Cell{me.bits | site}.with(others);
    }
    return program_.lanes;
}

void Checking::note_read(Cell& cell, Cell me, u32 lane, bool is_shared) {
    if (is_old(cell, is_shared)) {
        cell = me;
        return;
    }
    if (cell.is_alone(me)) {
        if (cell.is_atomic() || !me.is_atomic()) cell = me;
        return;
    }
    const bool same_kind = cell.is_atomic() == me.is_atomic();
    if (same_kind && cell.others() != Others::none && cell.epoch() == me.epoch()) return;
    if (same_kind && cell.others() == Others::many && !acquired_ && lanes_.empty()) return;
    if (is_before(cell, lane, is_shared)) {
        cell = me;
        return;
    }
    // The last one is named: a fault most often hits the first.
    const Others others = std::max(cell.others(), relation(cell, lane));
    cell = Cell{cell.is_atomic() ? me.bits : me.bits & ~Cell::kAtomic}.with(others);
}

// Whether it writes what the one before has written: in this instruction too, where memory does not have it yet.
bool Checking::writes_same(Cell cell, const Access& access) const {
    if (access.values == nullptr) return false;
    const std::byte* const value = access.values + u64{access.lane} * access.size_bytes;
    const std::byte* before = access.shadow->base() + access.place;
    if (cell.site() == access.about->site && is_now(cell)) {
        const u32 since = cell.epoch() - now_.first_epoch;
        const u32 lane =
            since / subgroups_ * program_.invocations + since % subgroups_ * program_.subgroup_size + cell.lane();
        before = access.values + u64{lane} * access.size_bytes;
    }
    return std::memcmp(before, value, access.size_bytes) == 0;
}

void Checking::race(Cell cell, bool cell_writes, const Access& access) {
    const CheckedAccess& about = *access.about;
    const bool same = cell_writes && about.writes && !about.is_atomic && !cell.is_atomic() && writes_same(cell, access);
    Found found;
    found.kind = same ? FaultKind::same_value_race : FaultKind::data_race;
    found.site = about.site;
    found.who = who(access.lane);
    found.writes = about.writes;
    found.atomic = about.is_atomic;
    found.object = about.object;
    Found::Other other;
    other.site = cell.site();
    other.writes = cell_writes;
    other.atomic = cell.is_atomic();
    const Who before = Epochs::who(checker_.epochs.of(cell.epoch()), cell);
    // Where several have been there the one that is named may be this one.
    if (!(before == found.who)) other.who = before;
    found.other = other;
    const auto verb = [](bool writes, bool atomic) {
        return std::string(atomic ? "an atomic" : "a plain") + (writes ? " write" : " read");
    };
    found.text = verb(about.writes, about.is_atomic) + " of \"" + program_.checks->objects[about.object] + "\" and " +
                 verb(cell_writes, cell.is_atomic()) +
                 " by another invocation reach the same memory, and nothing orders them" +
                 (same ? "; both write the same value" : "");
    tell(found);
}

// Releasing and acquiring --------------------------------------------------------------------------

SharedClock Checking::released_by(u32 lane) const {
    const auto own = lanes_.find(lane);
    const SharedClock known_before = joined(acquired_, own != lanes_.end() ? own->second.acquired : nullptr);
    auto made = std::make_shared<Clock>(known_before ? *known_before : Clock{});
    const Who me = who(lane);
    Known& known = (*made)[me.group];
    known.interval = std::max(known.interval, now_.storage);
    known.until[me.subgroup * program_.subgroup_size + me.lane] = cells_[lane].epoch();
    return made;
}

// What was released by this group to itself alone is near.
void Checking::take(const CheckedAccess& about, u32 lane, const SharedClock& given, bool is_near) {
    const bool for_group = about.scope < ir::Scope::device;
    if (for_group && !is_near && !given->contains(who(lane).group)) return;
    LaneClocks& own = lanes_[lane];
    SharedClock& into = acquires(about.order) ? own.acquired : is_near || for_group ? own.pending_near : own.pending;
    into = joined(into, given);
}

void Checking::synchronize(const CheckedAccess& about, u64 address, u32 lane) {
    const std::pair<u64, u64> near{address, who(lane).group};
    if (about.reads) {
        if (const auto found = checker_.released.find(address); found != checker_.released.end())
            take(about, lane, found->second, false);
        if (!checker_.released_near.empty())
            if (const auto found = checker_.released_near.find(near); found != checker_.released_near.end())
                take(about, lane, found->second, true);
    }
    if (!about.writes) return;
    const auto found = lanes_.find(lane);
    const LaneClocks* const own = found != lanes_.end() ? &found->second : nullptr;
    SharedClock fenced = joined(fenced_clock_, own != nullptr ? own->fenced : nullptr), gives, gives_near;
    if (own != nullptr) gives_near = own->fenced_near;
    const bool for_group = about.scope < ir::Scope::device;
    if (releases(about.order)) {
        fenced = released_by(lane);
        time_goes_on_ = true;
    }
    (for_group ? gives_near : gives) = joined(for_group ? gives_near : gives, fenced);
    const auto give = [&](auto& released, const auto& key, const SharedClock& given) {
        if (given && about.reads) released[key] = joined(released[key], given);
        else if (given) released[key] = given;
        else if (!about.reads) released.erase(key);
    };
    give(checker_.released, address, gives);
    if (gives_near || !checker_.released_near.empty()) give(checker_.released_near, near, gives_near);
}

void Checking::end_of_atomic() {
    if (!std::exchange(time_goes_on_, false)) return;
    next_interval();
}

void Checking::fence(const CheckedBarrier& about, std::span<const Truth> mask) {
    // Other workgroups see nothing of one that is for the workgroup or for its shared memory.
    const bool is_near = about.scope < ir::Scope::device || (about.spaces & ir::kStorage) == 0;
    bool any = false;
    for (u32 lane = 0; lane < active_; ++lane) {
        if (mask[lane] == 0) continue;
        any = true;
        if (releases(about.order)) {
            SharedClock gives = released_by(lane);
            (is_near ? lanes_[lane].fenced_near : lanes_[lane].fenced) = std::move(gives);
        }
        const auto found = lanes_.find(lane);
        if (!acquires(about.order) || found == lanes_.end()) continue;
        LaneClocks& own = found->second;
        own.acquired = joined(own.acquired, std::exchange(own.pending_near, nullptr));
        if (!is_near || (own.pending && own.pending->contains(who(lane).group)))
            own.acquired = joined(own.acquired, std::exchange(own.pending, nullptr));
    }
    if (!any) return;
    if ((about.spaces & ir::kStorage) != 0 && about.scope >= ir::Scope::workgroup) fenced_ = true;
    if (releases(about.order)) next_interval();
}

void Checking::barrier(const CheckedBarrier& about, std::span<const Truth> mask) {
    if (about.scope == ir::Scope::subgroup) {
        if (now_.subgroup_barriers.empty()) now_.subgroup_barriers.resize(subgroups_);
        for (u32 subgroup = 0; subgroup < subgroups_; ++subgroup) {
            const u32 first = subgroup * program_.subgroup_size;
            const u32 last = std::min(active_, first + program_.subgroup_size);
            now_.subgroup_barriers[subgroup] +=
                std::any_of(mask.begin() + first, mask.begin() + last, [](Truth here) { return here != 0; });
        }
        return next_interval();
    }
    u32 missing = 0, first = 0;
    for (u32 lane = active_; lane-- > 0;) {
        if (mask[lane] != 0) continue;
        ++missing;
        first = lane;
    }
    if (missing != 0 && missing != active_ && checker_.options().barriers) {
        Found found;
        found.kind = FaultKind::barrier;
        found.site = about.site;
        found.who = who(first);
        found.text = "the barrier is not reached by " + std::to_string(missing) + " of the " + std::to_string(active_) +
                     " invocations of the workgroup, this one first";
        tell(found);
    }
    const bool orders_storage = (about.spaces & ir::kStorage) != 0 || fenced_;
    const bool orders_shared = (about.spaces & ir::kShared) != 0;
    now_.shared += orders_shared;
    now_.storage += orders_storage;
    // What one invocation has acquired all know now; what the workgroup has fenced, relaxed atomics pass on.
    for (auto& [lane, clocks] : lanes_) {
        if (orders_storage) {
            acquired_ = joined(acquired_, clocks.acquired);
            clocks.acquired.reset();
        }
        fenced_clock_ = joined(fenced_clock_, clocks.fenced);
        clocks.fenced.reset();
        clocks.fenced_near.reset();  // the barrier does the same
    }
    if (fenced_ && fenced_clock_) {
        Clock all = *fenced_clock_;
        Known& known = all[now_.first_group];
        known.interval = std::max(known.interval, now_.storage);
        fenced_clock_ = std::make_shared<const Clock>(std::move(all));
    }
    std::erase_if(lanes_, [](const auto& one) {
        return !one.second.acquired && !one.second.pending && !one.second.pending_near && !one.second.fenced;
    });
    fenced_ = false;
    next_interval();
    // All that lies before is ordered, for everyone who can reach it.
    if (orders_shared) since_ = now_.first_epoch;
}

}  // namespace alkomp::backend::reference
