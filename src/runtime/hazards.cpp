// SPDX-License-Identifier: MIT OR Apache-2.0
// Hazard tracking per byte range, across streams and submissions.
#include "runtime/hazards.h"

#include "runtime/device.h"

#include <algorithm>

namespace alkomp::detail {
namespace {

constexpr std::size_t kManyUses = 32;

bool overlaps(const Use& use, const Access& access) { return use.begin < access.end && access.begin < use.end; }

void add_wait(Conflicts& out, u32 timeline, u64 sequence) {
    for (Conflicts::Wait& wait : out.waits) {
        if (wait.timeline == timeline) {
            wait.sequence = std::max(wait.sequence, sequence);
            return;
        }
    }
    out.waits.push_back({timeline, sequence});
}

// A use of another timeline that has completed still needs a wait on the device, once: the CPU having
// seen the completion does not make the memory visible to another queue.
void meet(const Timeline& current, const Use& use, Conflicts& out) {
    if (use.timeline == current.index) {
        // What the CPU has seen done is done and visible on its own queue without a barrier.
        if (use.epoch == current.epoch && use.sequence > current.completed.load(std::memory_order_acquire))
            out.barrier = true;
    } else if (use.timeline >= current.acquired.size() || current.acquired[use.timeline] < use.sequence) {
        add_wait(out, use.timeline, use.sequence);
    }
}

// Takes [begin, end) out of the remembered uses; what a write covers can be forgotten, since whoever
// waits for the write waits for all that the write waited for.
void cut(std::vector<Use>& uses, u64 begin, u64 end) {
    for (std::size_t i = 0; i < uses.size();) {
        Use& use = uses[i];
        if (use.end <= begin || end <= use.begin) {
            ++i;
        } else if (begin <= use.begin && use.end <= end) {
            use = uses.back();
            uses.pop_back();
        } else if (use.begin < begin && end < use.end) {
            Use tail = use;
            use.end = begin;
            tail.begin = end;
            uses.push_back(tail);
            ++i;
        } else {
            if (use.begin < begin) use.end = begin;
            else use.begin = end;
            ++i;
        }
    }
}

// With many small ranges in play, what is remembered per timeline becomes one range: a barrier too
// many is legal, one too few is not. A timeline made later waits for all that has passed by then.
void coarsen(const DeviceRecord& device, const Timeline& current, std::vector<Use>& uses) {
    if (device.timelines.size() == 1) {
        const u64 completed = current.completed.load(std::memory_order_acquire);
        std::erase_if(uses, [&](const Use& use) { return use.sequence <= completed && use.epoch < current.epoch; });
    }
    if (uses.size() <= kManyUses) return;
    std::vector<Use> merged;
    for (const Use& use : uses) {
        auto same =
            std::find_if(merged.begin(), merged.end(), [&](const Use& m) { return m.timeline == use.timeline; });
        if (same == merged.end()) {
            merged.push_back(use);
            continue;
        }
        same->begin = std::min(same->begin, use.begin);
        same->end = std::max(same->end, use.end);
        same->sequence = std::max(same->sequence, use.sequence);
        same->epoch = std::max(same->epoch, use.epoch);
    }
    uses = std::move(merged);
}

}  // namespace

void find_conflicts(const DeviceRecord& device, const Timeline& current, const BufferUses& uses, const Access& access,
                    Conflicts& out) {
    if (device.by_address.sequence != 0) meet(current, device.by_address, out);
    for (const Use& use : uses.writes)
        if (overlaps(use, access)) meet(current, use, out);
    if (!access.writes) return;
    for (const Use& use : uses.reads)
        if (overlaps(use, access)) meet(current, use, out);
}

void find_all(const DeviceRecord& device, const Timeline& current, Conflicts& out) {
    out.barrier = true;
    for (const auto& other : device.timelines) {
        const u64 last = other->pending.empty() ? other->submitted : other->recording();
        if (other.get() != &current && last != 0) add_wait(out, other->index, last);
    }
}

Use use_of_everything(const Timeline& current) {
    return {0, ~u64{0}, current.recording(), current.epoch, current.index};
}

void note_use(const DeviceRecord& device, const Timeline& current, BufferUses& uses, const Access& access) {
    const Use use{access.begin, access.end, current.recording(), current.epoch, current.index};
    const auto covers = [&](const Use& old) { return use.begin <= old.begin && old.end <= use.end; };
    if (access.writes) {
        // Mostly the same range is written again.
        if (uses.reads.empty() && uses.writes.size() == 1 && covers(uses.writes.front())) {
            uses.writes.front() = use;
            return;
        }
        cut(uses.reads, access.begin, access.end);
        cut(uses.writes, access.begin, access.end);
        uses.writes.push_back(use);
        if (uses.writes.size() > kManyUses) coarsen(device, current, uses.writes);
        return;
    }
    for (Use& read : uses.reads) {
        if (read.timeline == use.timeline && covers(read)) {
            read = use;
            return;
        }
    }
    uses.reads.push_back(use);
    if (uses.reads.size() > kManyUses) coarsen(device, current, uses.reads);
}

void host_waits(const DeviceRecord& device, const BufferUses& uses, const Access& access, Conflicts& out) {
    const auto add = [&](const Use& use) {
        const Timeline& owner = *device.timelines[use.timeline];
        if (overlaps(use, access) && owner.completed.load(std::memory_order_acquire) < use.sequence)
            add_wait(out, use.timeline, use.sequence);
    };
    if (device.by_address.sequence != 0) add(device.by_address);
    for (const Use& use : uses.writes) add(use);
    if (!access.writes) return;
    for (const Use& use : uses.reads) add(use);
}

}  // namespace alkomp::detail
