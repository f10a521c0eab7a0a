// SPDX-License-Identifier: MIT OR Apache-2.0
// Moving bytes between ordinary host memory and buffers: directly where the CPU reaches device memory
// and nothing uses it, else through rings of staging blocks that several threads fill and empty while
// the device copies.
//
// A device that copies in words of 4 bytes fills some of the bytes of the words at odd edges, by a command of their own.
//
// A transfer is atomic: no call of another thread comes between its pieces, or writes the rest of a word
// at its edge. One that is recorded under one hold of DeviceRecord::mutex waits for the locks of others
// first; all others lock their bytes, see range_lock.h: large writes and reads in place, transfers in
// several pieces, and those with odd edges. What the same thread does meanwhile, in a continuation that
// runs while the transfer waits, passes.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/future.h"
#include "backend/backend.h"
#include "runtime/hazards.h"

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace alkomp::detail {

struct BufferRecord;
struct DeviceRecord;
struct Timeline;

/// All but `staging_bytes` and `trim`, which run under DeviceRecord::mutex, are called without it.
class Transfers {
public:
    explicit Transfers(DeviceRecord& device);
    ~Transfers();

    /// In stream order; returns once `bytes` has been read.
    void upload(Timeline& timeline, BufferRecord& to, u64 offset_bytes, std::span<const std::byte> bytes,
                std::chrono::nanoseconds limit);
    void download(Timeline& timeline, BufferRecord& from, u64 offset_bytes, std::span<std::byte> out,
                  std::chrono::nanoseconds limit);
    Future<void> download_async(Timeline& timeline, BufferRecord& from, u64 offset_bytes, std::span<std::byte> out);

    [[nodiscard]] u64 staging_bytes() const noexcept;
    /// Makes one small block in each direction, so that transfers go on when memory has run out.
    void reserve() noexcept;
    /// Gives idle staging blocks back, those of `reserve` too if `all`; returns their bytes.
    u64 trim(bool all);
    /// Leaves every block behind with its device.
    void forget() noexcept;

private:
    class Rings;
    std::unique_ptr<Rings> rings_;
};

/// The bytes that a copy of [offset, offset + size) has to span where copies go in `alignment` bytes.
struct AlignedRange {
    u64 begin = 0, end = 0;
};
[[nodiscard]] constexpr AlignedRange align_range(u64 offset, u64 size, u64 alignment) noexcept {
    return {offset / alignment * alignment, (offset + size + alignment - 1) / alignment * alignment};
}

/// What a transfer of these bytes accesses, in the device's words.
[[nodiscard]] BufferAccess transfer_access(const DeviceRecord& device, BufferRecord& record, u64 offset_bytes,
                                           u64 size_bytes, bool writes);

}  // namespace alkomp::detail
