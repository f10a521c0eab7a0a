// SPDX-License-Identifier: MIT OR Apache-2.0
// The caching allocator: blocks that buffers gave back wait here until the work that used them has
// passed, then serve the next request of their size class.
#pragma once

#include "alkomp/dtype.h"
#include "backend/backend.h"
#include "runtime/buffer.h"

#include <deque>
#include <map>
#include <vector>

namespace alkomp {
struct MemoryStatistics;
}

namespace alkomp::detail {

/// All functions run under DeviceRecord::mutex.
class Pool {
public:
    /// What a request came to.
    struct Taken {
        Block block;                         ///< none: wait for `waits`, or throw out_of_memory
        backend::Ticket ticket = 0;          ///< the block's allocation, to be finished outside the lock
        std::vector<Conflicts::Wait> waits;  ///< work in flight after which cached blocks can be freed
        backend::Status failure;             ///< the driver's words
    };
    /// A block of at least `size_bytes`, from the cache or the backend. When the backend is out of
    /// memory, the cache is given back to it and it is asked again. A device that checks never gets a cached one.
    Taken take(DeviceRecord& device, u64 size_bytes);
    /// Counts a block as in use; for `take` when its allocation has finished.
    void keep(const Block& block) noexcept;
    /// Takes a block back with the uses that must pass before it is handed out again.
    void give(DeviceRecord& device, Block block, const BufferUses& uses);
    /// The points after which all cached blocks can be freed.
    [[nodiscard]] std::vector<Conflicts::Wait> waits() const;
    /// Frees every cached block whose work has passed; returns their bytes.
    u64 trim(DeviceRecord& device);
    /// After device loss: forgets everything without freeing.
    void forget() noexcept;
    void add_to(MemoryStatistics& statistics) const;

    /// The bytes that a request is rounded up to: 16 steps per power of two, so at most 1/16 is lost.
    [[nodiscard]] static u64 size_class(u64 size_bytes) noexcept;

private:
    struct Waiting {
        Block block;
        std::vector<Conflicts::Wait> waits;
    };
    void sort_in(const DeviceRecord& device, Waiting waiting);
    void look_again(const DeviceRecord& device);
    bool take_ready(u64 size_bytes, Block& out);
    backend::Pending allocate(DeviceRecord& device, u64 size_bytes, Block& out);

    std::map<u64, std::vector<Block>> ready_;     ///< by block size
    std::map<u32, std::deque<Waiting>> waiting_;  ///< by the timeline that each waits for first
    u64 in_use_bytes_ = 0, cached_bytes_ = 0, peak_bytes_ = 0, allocations_ = 0, hits_ = 0;
};

/// A block from the device's pool; waits for work in flight where only that can free memory. Under no lock.
/// Throws: out_of_memory with what was asked, in use and cached; device_lost; timed_out.
Block take_block(DeviceRecord& device, u64 size_bytes, const char* function);

}  // namespace alkomp::detail
