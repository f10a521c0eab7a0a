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
    std::shared_ptr<DeviceRecord> device;  ///< null for a staging block, which its device owns
    Block block;                           ///< none for a buffer of no bytes
    u64 size_bytes = 0;                    ///< as asked for; the block may be larger
    BufferUses uses;
    std::string label;   ///< written under a lock of its own too, so that messages need no other
    std::string poison;  ///< why its contents cannot be trusted; empty: they can
    ErrorCode poison_code = ErrorCode::internal;  ///< of what failed
    std::size_t place = 0;                        ///< in DeviceRecord::buffers

    BufferRecord() = default;
    BufferRecord(const BufferRecord&) = delete;
    BufferRecord& operator=(const BufferRecord&) = delete;
    ~BufferRecord();  ///< gives the block back to the pool
};

/// A buffer of `size_bytes`; waits for work in flight where only that can free memory. Under no lock.
/// Throws: out_of_memory, invalid_argument (above the device's largest buffer), device_lost.
std::shared_ptr<BufferRecord> make_buffer(const std::shared_ptr<DeviceRecord>& device, u64 size_bytes,
                                          const char* function);

/// Enters a record into, and takes it out of, the list of those that failed work can poison. Under the mutex.
void enlist(DeviceRecord& device, BufferRecord& record);
void delist(DeviceRecord& device, BufferRecord& record) noexcept;

/// The code of what made the buffer's contents untrusted. Under the mutex.
ErrorCode distrust_code(const DeviceRecord& device, const BufferRecord& record);
/// Throws the failure of the work that wrote the buffer, if its contents cannot be trusted. Under the mutex.
void check_trusted(const DeviceRecord& device, const BufferRecord& record, const char* function);

/// The record behind a view. Throws invalid_argument, naming `function`, when the view is empty or
/// belongs to another device.
BufferRecord& checked_record(const AnyView& view, const DeviceRecord& device, const char* function);

/// "f32[1024] \"weights\"", for messages.
std::string describe(const AnyView& view);

}  // namespace alkomp::detail
