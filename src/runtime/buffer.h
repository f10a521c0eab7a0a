// SPDX-License-Identifier: MIT OR Apache-2.0
// A buffer's record: its backend object and who used which of its bytes last.
#pragma once

#include "alkomp/buffer.h"
#include "backend/backend.h"
#include "runtime/hazards.h"

#include <memory>
#include <string>

namespace alkomp::detail {

/// A backend buffer that the pool hands out and takes back.
struct Block {
    backend::BufferId id = backend::BufferId::none;
    u64 size_bytes = 0;
    void* mapped = nullptr;  ///< device memory that the CPU reaches directly, else null
};

/// Guarded by DeviceRecord::mutex, but for what never changes: device, block, size_bytes.
struct BufferRecord {
    std::shared_ptr<DeviceRecord> device;
    Block block;           ///< none for a buffer of no bytes
    u64 size_bytes = 0;    ///< as asked for; the block may be larger
    BufferUses uses;
    std::string label;
    std::string poison;    ///< why its contents cannot be trusted; empty: they can

    ~BufferRecord();       ///< gives the block back to the pool
};

/// The record behind a view. Throws invalid_argument, naming `function`, when the view is empty or
/// belongs to another device.
BufferRecord& checked_record(const AnyView& view, const DeviceRecord& device, const char* function);

/// "f32[1024] \"weights\"", for messages.
std::string describe(const AnyView& view);

}  // namespace alkomp::detail
