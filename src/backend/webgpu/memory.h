// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers, each a GPUBuffer of its own, and their mappings.
#pragma once

#include "alkomp/native/webgpu.h"
#include "backend/webgpu/core.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace alkomp::backend::webgpu {

struct Buffer {
    WGPUBuffer handle = nullptr;
    u64 serial = 0;  ///< of all buffers of the device: a handle may come again, this does not
    u64 size_bytes = 0;
    MemoryKind kind = MemoryKind::device;
    std::unique_ptr<std::byte[]>
        host;            ///< of kinds upload and download, where Traits::answers_later: what the CPU sees
    bool fresh = false;  ///< mapped since it was made, and nobody has asked for it yet
    native::WebGpuBuffer native;
    std::size_t place = 0;
};

inline Buffer& from_id(BufferId id) noexcept { return *reinterpret_cast<Buffer*>(static_cast<std::uintptr_t>(id)); }

class Memory {
public:
    explicit Memory(Core& core) : core_(core) {}
    /// Gives every buffer back. Duty: nothing on the device uses them.
    void destroy() noexcept;

    Status allocate(const Allocation& allocation, BufferId& out);
    void free(BufferId id);
    Pending map(BufferId id, u64 offset_bytes, u64 size_bytes, void*& out);
    void unmap(BufferId id);
    /// A buffer that no front knows. Null with `status` set when it cannot be had.
    WGPUBuffer create(WGPUBufferUsage usage, u64 size_bytes, bool mapped, Status& status);
    void release(WGPUBuffer buffer) noexcept;
    /// Before the device uses a buffer.
    void settle(Buffer& buffer) {
        if (buffer.fresh) unmap_fresh(buffer);
    }

    /// Makes the completion of a mapping from its event; false when the event is of something else.
    bool finish_map(const Event& event, Completion& out);
    [[nodiscard]] bool mapping() {
        const std::lock_guard lock(mutex_);
        return !maps_.empty();
    }
    /// Appends a failed completion for every open mapping.
    void fail_maps(std::vector<Completion>& out);

private:
    struct OpenMap {
        Buffer* buffer = nullptr;
        u64 offset_bytes = 0, size_bytes = 0;
    };
    void unmap_fresh(Buffer& buffer);
    Status take_range(const OpenMap& map, void*& out);

    Core& core_;
    u64 serials_ = 0;
    std::vector<std::unique_ptr<Buffer>> buffers_;
    std::mutex mutex_;  ///< of `maps_`
    std::unordered_map<Ticket, OpenMap> maps_;
};

}  // namespace alkomp::backend::webgpu
