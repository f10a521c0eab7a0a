// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/races.h"

namespace alkomp::testing {

bool Races::Past::is_before(const Accessor& who) const {
    if (!any) return true;
    if (several_workgroups || last.workgroup != who.workgroup) return false;
    return last.epoch < who.epoch || (!several && last.invocation == who.invocation);
}

void Races::Past::add(const Accessor& who) {
    if (any && last.workgroup != who.workgroup) several_workgroups = true;
    const bool same_time = any && last.workgroup == who.workgroup && last.epoch == who.epoch;
    several = same_time && (several || last.invocation != who.invocation);
    any = true;
    last = who;
}

bool Races::access(u64 place, Access how, const Accessor& who) {
    Place& at = places_[place];
    const bool reads_before = how == Access::read || at.reads.is_before(who);
    const bool writes_before = at.writes.is_before(who);
    const bool atomics_before = how == Access::atomic || at.atomics.is_before(who);
    (how == Access::read ? at.reads : how == Access::write ? at.writes : at.atomics).add(who);
    return reads_before && writes_before && atomics_before;
}

}  // namespace alkomp::testing
