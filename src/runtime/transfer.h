// SPDX-License-Identifier: MIT OR Apache-2.0
// Moving bytes between ordinary host memory and buffers: directly where the CPU reaches device memory
// and nothing uses it, else through rings of staging blocks that several threads fill and empty while
// the device copies.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/future.h"
#include "backend/backend.h"

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace alkomp::detail {

struct BufferRecord;
struct DeviceRecord;
struct Timeline;

/// Copies `size_bytes` with as many threads as pay off on this machine.
void copy_bytes(void* to, const void* from, std::size_t size_bytes);

/// The staging rings of one device.
class Transfers {
public:
    explicit Transfers(DeviceRecord& device);
    ~Transfers();

    /// In stream order; returns once `bytes` has been read.
    void upload(Timeline& timeline, BufferRecord& to, u64 offset_bytes, std::span<const std::byte> bytes,
                std::chrono::nanoseconds limit);
    void download(Timeline& timeline, BufferRecord& from, u64 offset_bytes, std::span<std::byte> out,
                  std::chrono::nanoseconds limit);
    Future<void> download_async(Timeline& timeline, std::shared_ptr<BufferRecord> from, u64 offset_bytes,
                                std::span<std::byte> out);

    [[nodiscard]] u64 staging_bytes() const noexcept;
    /// Gives idle staging blocks back; returns their bytes.
    u64 trim();
    void forget() noexcept;

private:
    struct Rings;
    std::unique_ptr<Rings> rings_;
};

}  // namespace alkomp::detail
