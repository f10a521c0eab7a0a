// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/check/races.h"

#include <algorithm>

namespace alkomp::backend::reference {

void Known::join(const Known& other) {
    interval = std::max(interval, other.interval);
    for (const auto& [invocation, epoch] : other.until) {
        u32& known = until[invocation];
        known = std::max(known, epoch);
    }
}

bool Known::has(const Known& other) const {
    if (interval < other.interval) return false;
    return std::all_of(other.until.begin(), other.until.end(), [&](const auto& one) {
        const auto found = until.find(one.first);
        return found != until.end() && found->second >= one.second;
    });
}

SharedClock joined(const SharedClock& a, const SharedClock& b) {
    if (!a || a == b) return b;
    if (!b) return a;
    // One that waits joins the same again and again.
    const bool is_known = std::all_of(b->begin(), b->end(), [&](const auto& one) {
        const auto found = a->find(one.first);
        return found != a->end() && found->second.has(one.second);
    });
    if (is_known) return a;
    auto made = std::make_shared<Clock>(*a);
    for (const auto& [group, known] : *b) (*made)[group].join(known);
    return made;
}

bool Epochs::begin() {
    intervals_.clear();
    recent_ = 0;
    first_ = next_;
    // Whoever needs more in one dispatch begins anew within it.
    return next_ < Cell::kMostEpoch / 2;
}

void Epochs::restart() {
    intervals_.clear();
    recent_ = 0;
    first_ = next_ = 1;
}

void Epochs::add(Interval interval, u32 count) {
    interval.first_epoch = next_;
    next_ += count;
    intervals_.push_back(std::move(interval));
}

const Interval& Epochs::of(u32 epoch) const {
    const auto holds = [&](std::size_t at) {
        return intervals_[at].first_epoch <= epoch &&
               (at + 1 == intervals_.size() || epoch < intervals_[at + 1].first_epoch);
    };
    if (recent_ < intervals_.size() && holds(recent_)) return intervals_[recent_];
    const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), epoch,
                                        [](u32 of, const Interval& at) { return of < at.first_epoch; });
    recent_ = static_cast<std::size_t>(after - intervals_.begin()) - 1;
    return intervals_[recent_];
}

Who Epochs::who(const Interval& interval, Cell cell) {
    const u32 at = cell.epoch() - interval.first_epoch;
    return {interval.first_group + at / interval.subgroups, at % interval.subgroups, cell.lane()};
}

}  // namespace alkomp::backend::reference
