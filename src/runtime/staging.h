// SPDX-License-Identifier: MIT OR Apache-2.0
// Staging blocks: host memory that the device reads or writes, kept in rings by direction and size
// and used again once the copies from or into a block have passed.
#pragma once

#include "runtime/buffer.h"
#include "runtime/deadline.h"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace alkomp::detail {

/// Waits for the points. Throws: timed_out with the limit of the whole call, what wait_points throws else.
void wait_within(DeviceRecord& device, std::span<const Conflicts::Wait> points, const Deadline& deadline,
                 const char* function);

enum class Direction : u8 { upload, download };

struct StagingBlock {
    BufferRecord record;  ///< its block, and which copies use it
    Direction direction = Direction::upload;
    std::byte* mapped = nullptr;  ///< while the CPU may touch it
    u64 used_bytes = 0;           ///< for whoever packs several uploads into it
    bool claimed = false;
};

/// The staging blocks of one device. Guarded by DeviceRecord::mutex; what may wait is called without it.
class Staging {
public:
    explicit Staging(DeviceRecord& device) : device_(device) {}
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// What to do when every block of a ring is in use.
    enum class Patience : u8 {
        wait,   ///< for the copies that use the oldest
        none,   ///< give no block
        crowd,  ///< make one more, which goes when it is given back
    };
    /// `wait` where that can be done.
    [[nodiscard]] Patience patient() const noexcept;
    /// A block of at least `size_bytes`, at most `kLargest`, that nothing uses. Never null but for `none`.
    StagingBlock* claim(Direction direction, u64 size_bytes, Patience patience, const Deadline& deadline,
                        const char* function);
    /// Lets the CPU touch a claimed block. Backends that cannot keep a block mapped answer later.
    void map(StagingBlock& block, const Deadline& deadline, const char* function);
    /// Under the mutex: ends the CPU's access where the device's asks for that.
    void unmap(StagingBlock& block);
    /// Under the mutex: gives a claimed block back; copies may still be using it.
    void release(StagingBlock& block);

    [[nodiscard]] u64 size_bytes() const noexcept { return size_bytes_; }
    /// Under the mutex: frees the blocks that nothing uses, but for `reserve` small ones in each direction;
    /// returns their bytes.
    u64 trim(std::size_t reserve);
    /// Leaves every block behind with its device.
    void forget() noexcept { forgotten_ = true; }

    static constexpr u64 kSmall = u64{256} << 10;
    static constexpr u64 kMedium = u64{1} << 20;
    static constexpr u64 kLargest = u64{32} << 20;

private:
    struct Ring {
        std::vector<std::unique_ptr<StagingBlock>> blocks;
        std::size_t next = 0;  ///< where to look first: the block that was claimed longest ago
    };
    Ring& ring_of(Direction direction, u64 size_bytes);
    [[nodiscard]] std::vector<Conflicts::Wait> waits_of(const StagingBlock& block) const;
    [[nodiscard]] std::vector<Conflicts::Wait> oldest_waits(const Ring& ring) const;
    StagingBlock* take_idle(Ring& ring);
    StagingBlock& add(Ring& ring, Direction direction, u64 size_bytes, backend::Pending& pending);
    void finish_new(StagingBlock& block, const backend::Pending& pending, const Deadline& deadline,
                    const char* function);
    void free(StagingBlock& block);
    u64 free_idle(Ring& ring, std::size_t keep);

    DeviceRecord& device_;
    std::array<std::array<Ring, 3>, 2> rings_;
    u64 size_bytes_ = 0;
    bool forgotten_ = false;
};

}  // namespace alkomp::detail
