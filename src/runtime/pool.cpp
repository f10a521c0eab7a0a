// SPDX-License-Identifier: MIT OR Apache-2.0
// The caching allocator.
#include "runtime/pool.h"

#include "runtime/device.h"

#include <algorithm>
#include <bit>

namespace alkomp::detail {
namespace {

constexpr u64 kSmallest = 256;
constexpr u64 kGranule = 16;  // of every allocation, as the seam asks
constexpr std::chrono::nanoseconds kPatience = std::chrono::seconds(60);

u64 round_up(u64 value, u64 multiple) { return (value + multiple - 1) / multiple * multiple; }

}  // namespace

u64 Pool::size_class(u64 size_bytes) noexcept {
    if (size_bytes <= kSmallest) return kSmallest;
    const u64 step = std::bit_floor(size_bytes - 1) / 16;
    return round_up(size_bytes, step);
}

bool Pool::take_ready(u64 size_bytes, Block& out) {
    const auto found = ready_.lower_bound(round_up(size_bytes, kGranule));
    if (found == ready_.end() || found->first > size_class(size_bytes)) return false;
    out = found->second.back();
    found->second.pop_back();
    if (found->second.empty()) ready_.erase(found);
    cached_bytes_ -= out.size_bytes;
    ++hits_;
    return true;
}

backend::Pending Pool::allocate(DeviceRecord& device, u64 size_bytes, Block& out) {
    const backend::Pending pending =
        device.backend->allocate({backend::MemoryKind::device, size_bytes, nullptr}, out.id);
    if (pending.ticket == 0 && pending.status.failed) {
        out = {};
        return pending;
    }
    out.size_bytes = size_bytes;
    if (pending.ticket == 0 && device.properties.device_mappable && device.properties.persistent_map) {
        void* mapped = nullptr;
        const backend::Pending map = device.backend->map(out.id, 0, size_bytes, backend::MapMode::write, mapped);
        // Memory that cannot be mapped after all is still good: transfers stage.
        if (map.ticket == 0 && !map.status.failed) out.mapped = mapped;
        else if (map.ticket != 0) device.tickets[map.ticket] = [](backend::Completion&) {};
    }
    return pending;
}

Pool::Taken Pool::take(DeviceRecord& device, u64 size_bytes) {
    ++allocations_;
    // What a buffer gave back is another one's only where nobody looks for uses of the wrong one.
    const bool reuses = !device.properties.checks;
    if (reuses) look_again(device);
    else trim(device);
    Taken taken;
    if (take_ready(size_bytes, taken.block)) {
        keep(taken.block);
        return taken;
    }
    const u64 largest = device.capabilities.limits.max_buffer_bytes / kGranule * kGranule;
    const u64 exact = round_up(size_bytes, kGranule);
    const u64 roomy = reuses ? std::max(exact, std::min(size_class(size_bytes), largest)) : exact;
    // Where there is no room for the class, there may be for what was asked.
    backend::Pending pending = allocate(device, roomy, taken.block);
    const auto is_full = [&] {
        return pending.ticket == 0 && pending.status.failed && pending.status.code == ErrorCode::out_of_memory;
    };
    if (is_full() && trim(device) + device.transfers->trim(false) != 0) pending = allocate(device, roomy, taken.block);
    if (is_full() && exact < roomy) pending = allocate(device, exact, taken.block);
    taken.ticket = pending.ticket;
    if (pending.ticket != 0) return taken;
    if (!pending.status.failed) {
        keep(taken.block);
        return taken;
    }
    taken.failure = pending.status;
    taken.waits = waits();
    return taken;
}

std::vector<Conflicts::Wait> Pool::waits() const {
    std::map<u32, u64> last;
    for (const auto& [timeline, queue] : waiting_)
        for (const Waiting& waiting : queue)
            for (const Conflicts::Wait& point : waiting.waits)
                last[point.timeline] = std::max(last[point.timeline], point.sequence);
    std::vector<Conflicts::Wait> points;
    for (const auto& [timeline, sequence] : last) points.push_back({timeline, sequence});
    return points;
}

void Pool::keep(const Block& block) noexcept {
    in_use_bytes_ += block.size_bytes;
    peak_bytes_ = std::max(peak_bytes_, in_use_bytes_);
}

void Pool::sort_in(const DeviceRecord& device, Waiting waiting) {
    std::erase_if(waiting.waits, [&](const Conflicts::Wait& point) { return device.passed(point); });
    if (waiting.waits.empty()) ready_[waiting.block.size_bytes].push_back(waiting.block);
    else waiting_[waiting.waits.front().timeline].push_back(std::move(waiting));
}

// A block behind an earlier one whose work has not passed is found when that one is: the cost stays
// constant per block however many wait.
void Pool::look_again(const DeviceRecord& device) {
    for (auto& [timeline, queue] : waiting_) {
        while (!queue.empty() && device.passed(queue.front().waits.front())) {
            Waiting waiting = std::move(queue.front());
            queue.pop_front();
            sort_in(device, std::move(waiting));
        }
    }
}

void Pool::give(DeviceRecord& device, Block block, const BufferUses& uses) {
    in_use_bytes_ -= block.size_bytes;
    if (device.lost) return;  // the handles go with the device
    Conflicts conflicts;
    host_waits(device, uses, {0, block.size_bytes, true}, conflicts);
    cached_bytes_ += block.size_bytes;
    sort_in(device, {block, std::move(conflicts.waits)});
}

u64 Pool::trim(DeviceRecord& device) {
    look_again(device);
    u64 freed = 0;
    for (const auto& [size, blocks] : ready_) {
        for (const Block& block : blocks) {
            if (block.mapped != nullptr) device.backend->unmap(block.id);
            device.backend->free(block.id);
            freed += size;
        }
    }
    ready_.clear();
    cached_bytes_ -= freed;
    return freed;
}

void Pool::forget() noexcept {
    ready_.clear();
    waiting_.clear();
    cached_bytes_ = 0;
}

void Pool::add_to(MemoryStatistics& statistics) const {
    statistics.in_use_bytes += in_use_bytes_;
    statistics.cached_bytes += cached_bytes_;
    statistics.peak_bytes += peak_bytes_;
    statistics.allocations += allocations_;
    statistics.cache_hits += hits_;
}

namespace {

[[noreturn]] void throw_full(const DeviceRecord& device, u64 size_bytes, const std::string& driver,
                             const char* function) {
    MemoryStatistics statistics;
    device.pool.add_to(statistics);
    throw Error(ErrorCode::out_of_memory,
                std::string(function) + ": device \"" + device.info.name + "\" has no room for " +
                    std::to_string(size_bytes) + " bytes: buffers hold " + std::to_string(statistics.in_use_bytes) +
                    " bytes, the cache " + std::to_string(statistics.cached_bytes) + ". The driver says: " + driver);
}

// Finishes an allocation that the backend reports later. False: it failed, and `taken.failure` says why.
bool finish_allocation(DeviceRecord& device, Pool::Taken& taken, const char* function) {
    bool reported = false;
    try {
        device.finish({taken.ticket, {}}, kPatience, function, [&](const backend::Completion&) { reported = true; });
    } catch (const Error& error) {
        // A driver that did not answer may still be making the buffer: it is left to it.
        if (error.code() == ErrorCode::timed_out || device.lost) throw;
        taken.failure = backend::Status::failure(error.code(), error.what());
    }
    const std::lock_guard lock(device.mutex);
    if (reported) device.pool.keep(taken.block);
    else device.backend->free(taken.block.id);
    return reported;
}

}  // namespace

Block take_block(DeviceRecord& device, u64 size_bytes, const char* function) {
    for (bool retried = false;; retried = true) {
        Pool::Taken taken;
        {
            const std::lock_guard lock(device.mutex);
            taken = device.pool.take(device, size_bytes);
        }
        if (taken.ticket != 0 ? finish_allocation(device, taken, function) : !taken.failure.failed) return taken.block;
        bool freed = false;
        {
            const std::lock_guard lock(device.mutex);
            if (taken.failure.code == ErrorCode::device_lost) device.mark_lost(taken.failure);
            if (taken.failure.code != ErrorCode::out_of_memory) throw_status(function, taken.failure);
            if (taken.ticket != 0) {
                freed = device.pool.trim(device) + device.transfers->trim(false) != 0;
                taken.waits = device.pool.waits();
            }
            if (retried || (!freed && taken.waits.empty()))
                throw_full(device, size_bytes, taken.failure.text, function);
        }
        if (!taken.waits.empty()) device.wait_points(taken.waits, kPatience, function);
    }
}

}  // namespace alkomp::detail
