// SPDX-License-Identifier: MIT OR Apache-2.0
// Staging blocks, kept in rings by direction and size.
#include "runtime/staging.h"

#include "runtime/device.h"

#include <algorithm>

namespace alkomp::detail {
namespace {

// While the CPU is busy with one block, the device has the others of a ring to work on.
constexpr std::size_t kBlocksPerRing = 4;
constexpr std::size_t kLargeBlocks = 2;  // 32 MiB each: more of them no longer fit the CPU's caches

std::size_t ring_size(u64 block_bytes) { return block_bytes <= Staging::kMedium ? kBlocksPerRing : kLargeBlocks; }

backend::MapMode mode_of(Direction direction) {
    return direction == Direction::upload ? backend::MapMode::write : backend::MapMode::read;
}

}  // namespace

void wait_within(DeviceRecord& device, std::span<const Conflicts::Wait> points, const Deadline& deadline,
                 const char* function) {
    try {
        device.wait_points(points, deadline.left(), function);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::timed_out) throw;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.limit()).count();
        throw Error(ErrorCode::timed_out,
                    std::string(function) + ": the wait gave up after " + std::to_string(ms) +
                        " ms, before the work on the buffer was done; the work and its buffers live "
                        "on, and waiting again is legal.");
    }
}

Staging::~Staging() {
    if (forgotten_ || device_.lost) return;
    for (auto& rings : rings_)
        for (Ring& ring : rings)
            for (auto& block : ring.blocks) free(*block);
}

Staging::Patience Staging::patient() const noexcept { return device_.waits() ? Patience::wait : Patience::crowd; }

Staging::Ring& Staging::ring_of(Direction direction, u64 size_bytes) {
    const std::size_t tier = size_bytes <= kSmall ? 0 : size_bytes <= kMedium ? 1 : 2;
    return rings_[static_cast<std::size_t>(direction)][tier];
}

std::vector<Conflicts::Wait> Staging::waits_of(const StagingBlock& block) const {
    Conflicts conflicts;
    host_waits(device_, block.record.uses, {0, block.record.size_bytes, true}, conflicts);
    return std::move(conflicts.waits);
}

std::vector<Conflicts::Wait> Staging::oldest_waits(const Ring& ring) const {
    for (std::size_t i = 0; i < ring.blocks.size(); ++i) {
        const StagingBlock& block = *ring.blocks[(ring.next + i) % ring.blocks.size()];
        if (block.claimed) continue;
        if (auto waits = waits_of(block); !waits.empty()) return waits;
    }
    return {};
}

StagingBlock* Staging::take_idle(Ring& ring) {
    for (std::size_t i = 0; i < ring.blocks.size(); ++i) {
        const std::size_t place = (ring.next + i) % ring.blocks.size();
        StagingBlock& block = *ring.blocks[place];
        if (block.claimed || !waits_of(block).empty()) continue;
        block.record.uses.writes.clear();
        block.record.uses.reads.clear();
        block.record.poison.clear();
        block.used_bytes = 0;
        block.claimed = true;
        ring.next = (place + 1) % ring.blocks.size();
        return &block;
    }
    return nullptr;
}

StagingBlock& Staging::add(Ring& ring, Direction direction, u64 size_bytes, backend::Pending& pending) {
    const u64 size = size_bytes <= kSmall ? kSmall : size_bytes <= kMedium ? kMedium : kLargest;
    auto block = std::make_unique<StagingBlock>();
    block->direction = direction;
    block->claimed = true;
    const auto kind = direction == Direction::upload ? backend::MemoryKind::upload : backend::MemoryKind::download;
    pending = device_.backend->allocate({kind, size, nullptr}, block->record.block.id);
    if (pending.ticket == 0 && pending.status.failed) block->record.block.id = backend::BufferId::none;
    block->record.block.size_bytes = size;
    block->record.size_bytes = size;
    size_bytes_ += size;
    if (direction == Direction::download) enlist(device_, block->record);  // failed copies poison it
    ring.blocks.push_back(std::move(block));
    return *ring.blocks.back();
}

void Staging::finish_new(StagingBlock& block, const backend::Pending& pending, const Deadline& deadline,
                         const char* function) {
    device_.finish(pending, deadline.left(), function);
    if (device_.properties.persistent_map) map(block, deadline, function);
}

void Staging::free(StagingBlock& block) {
    if (block.direction == Direction::download) delist(device_, block.record);
    size_bytes_ -= block.record.size_bytes;
    if (block.record.block.id == backend::BufferId::none) return;
    if (block.mapped != nullptr) device_.backend->unmap(block.record.block.id);
    device_.backend->free(block.record.block.id);
}

u64 Staging::free_idle(Ring& ring, std::size_t keep) {
    u64 freed = 0;
    for (std::size_t i = ring.blocks.size(); i-- > 0 && ring.blocks.size() > keep;) {
        StagingBlock& block = *ring.blocks[i];
        if (block.claimed || !waits_of(block).empty()) continue;
        freed += block.record.size_bytes;
        free(block);
        ring.blocks.erase(ring.blocks.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (freed != 0) ring.next = 0;
    return freed;
}

StagingBlock* Staging::claim(Direction direction, u64 size_bytes, Patience patience, const Deadline& deadline,
                             const char* function) {
    for (bool retried = false;;) {
        std::vector<Conflicts::Wait> waits;
        backend::Pending pending;
        StagingBlock* fresh = nullptr;
        {
            const std::lock_guard lock(device_.mutex);
            Ring& ring = ring_of(direction, size_bytes);
            if (StagingBlock* idle = take_idle(ring)) return idle;
            waits = oldest_waits(ring);
            const bool full = ring.blocks.size() >= ring_size(size_bytes);
            if (full && patience == Patience::none) return nullptr;
            // Blocks that other threads hold are no work to wait for.
            if (!full || patience == Patience::crowd || waits.empty())
                fresh = &add(ring, direction, size_bytes, pending);
        }
        if (fresh != nullptr) {
            try {
                finish_new(*fresh, pending, deadline, function);
                return fresh;
            } catch (const Error& error) {
                const std::lock_guard lock(device_.mutex);
                Ring& ring = ring_of(direction, size_bytes);
                // A driver that did not answer may still be making the block: it stays claimed.
                if (error.code() != ErrorCode::device_lost && error.code() != ErrorCode::timed_out) {
                    free(*fresh);
                    std::erase_if(ring.blocks, [&](const auto& block) { return block.get() == fresh; });
                    ring.next = 0;
                }
                if (error.code() != ErrorCode::out_of_memory || retried) throw;
                if (waits.empty() && device_.pool.trim(device_) + trim(1) == 0) throw;
                retried = true;
            }
        }
        if (!waits.empty()) wait_within(device_, waits, deadline, function);
    }
}

void Staging::map(StagingBlock& block, const Deadline& deadline, const char* function) {
    if (block.mapped != nullptr) return;
    void* mapped = nullptr;
    backend::Pending pending;
    {
        const std::lock_guard lock(device_.mutex);
        pending =
            device_.backend->map(block.record.block.id, 0, block.record.size_bytes, mode_of(block.direction), mapped);
    }
    device_.finish(pending, deadline.left(), function, [&](backend::Completion& c) { mapped = c.mapped; });
    const std::lock_guard lock(device_.mutex);
    block.mapped = static_cast<std::byte*>(mapped);
}

void Staging::unmap(StagingBlock& block) {
    if (block.mapped == nullptr || device_.properties.persistent_map) return;
    device_.backend->unmap(block.record.block.id);
    block.mapped = nullptr;
}

void Staging::release(StagingBlock& block) {
    if (!device_.lost) unmap(block);
    block.claimed = false;
    Ring& ring = ring_of(block.direction, block.record.size_bytes);
    const std::size_t keep = ring_size(block.record.size_bytes);
    if (ring.blocks.size() > keep && !device_.lost) free_idle(ring, keep);
}

u64 Staging::trim(std::size_t reserve) {
    u64 freed = 0;
    for (auto& rings : rings_)
        for (Ring& ring : rings) freed += free_idle(ring, &ring == &rings.front() ? reserve : 0);
    return freed;
}

}  // namespace alkomp::detail
