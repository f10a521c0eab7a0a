// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/check/checker.h"

#include <utility>

namespace alkomp::backend::reference {

FaultSide Checker::side(const Launch& launch, u32 site, const Who& who) {
    const Program& of = *launch.program;
    const Site& at = of.checks->sites[site];
    FaultSide made;
    made.place = at.place;
    made.calls = at.calls;
    u64 group = who.group;
    u32 local = who.subgroup * of.subgroup_size + who.lane;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const u32 groups = launch.groups[axis], size = of.workgroup_size[axis];
        made.workgroup[axis] = static_cast<u32>(group % groups);
        made.invocation[axis] = made.workgroup[axis] * size + local % size;
        group /= groups;
        local /= size;
    }
    return made;
}

void Checker::tell(const Launch& launch, const Found& found) {
    Count& count = counts_[{launch.program->checks.get(), found.kind, found.site, found.object}];
    if (count.told == options_.per_place) {
        ++count.more;
        return;
    }
    ++count.told;
    Fault fault;
    fault.kind = found.kind;
    fault.kernel = launch.program->label;
    fault.at = side(launch, found.site, found.who);
    fault.at.writes = found.writes;
    fault.at.atomic = found.atomic;
    if (found.other) {
        fault.other =
            found.other->who ? side(launch, found.other->site, *found.other->who) : side(launch, found.other->site, {});
        fault.other->writes = found.other->writes;
        fault.other->atomic = found.other->atomic;
        fault.other->several = !found.other->who;
    }
    if (found.object != ~u32{0}) fault.object = launch.program->checks->objects[found.object];
    fault.index = found.index;
    fault.size = found.size;
    fault.text = found.text;
    if (count.told == options_.per_place) {
        count.last = fault;
        count.last.other.reset();
        count.last.index.reset();
    }
    count.kernel = KernelId{launch.kernel};
    found_.faults.push_back(std::move(fault));
    found_.fault_kernels.push_back(count.kernel);
}

void Checker::tell(const Launch& launch, TraceStep step) {
    found_.trace.push_back(std::move(step));
    found_.trace_kernels.push_back(KernelId{launch.kernel});
}

void Checker::hand_over(Completion& to) {
    for (auto& [place, count] : counts_) {
        if (count.more == 0) continue;
        Fault fault = std::move(count.last);
        fault.more = count.more;
        found_.faults.push_back(std::move(fault));
        found_.fault_kernels.push_back(count.kernel);
    }
    counts_.clear();
    to.faults = std::exchange(found_.faults, {});
    to.fault_kernels = std::exchange(found_.fault_kernels, {});
    to.trace = std::exchange(found_.trace, {});
    to.trace_kernels = std::exchange(found_.trace_kernels, {});
}

}  // namespace alkomp::backend::reference
