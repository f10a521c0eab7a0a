// SPDX-License-Identifier: MIT OR Apache-2.0
// The caching allocator: blocks that buffers gave back wait here until the work that used them has
// passed, then serve the next request of their size class.
#pragma once

#include "alkomp/dtype.h"
#include "backend/backend.h"
#include "runtime/buffer.h"

#include <map>
#include <vector>

namespace alkomp {
struct MemoryStatistics;
}

namespace alkomp::detail {

/// All functions run under DeviceRecord::mutex.
class Pool {
public:
    /// A block of at least `size_bytes`, from the cache or the backend. Out of memory: the cache is
    /// trimmed and asked again; then, once, the caller is told to wait for work in flight and retry
    /// (`must_wait`). Throws out_of_memory with what was asked, in use and cached.
    Block take(DeviceRecord& device, u64 size_bytes);
    /// Takes a block back with the uses that must pass before it is handed out again.
    void give(DeviceRecord& device, Block block, const BufferUses& uses);
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
    std::map<u64, std::vector<Block>> ready_;  ///< by block size
    std::vector<Waiting> waiting_;
    u64 in_use_bytes_ = 0, cached_bytes_ = 0, peak_bytes_ = 0, allocations_ = 0, hits_ = 0;
};

}  // namespace alkomp::detail
