// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes and maps buffers.
#include "backend/webgpu/memory.h"

#include <new>

namespace alkomp::backend::webgpu {
namespace {

WGPUBufferUsage usage_of(MemoryKind kind) {
    switch (kind) {
        case MemoryKind::upload:
            return WGPUBufferUsage_MapWrite | WGPUBufferUsage_CopySrc;
        case MemoryKind::download:
            return WGPUBufferUsage_MapRead | WGPUBufferUsage_CopyDst;
        case MemoryKind::device:
            break;
    }
    return WGPUBufferUsage_Storage | WGPUBufferUsage_Uniform | WGPUBufferUsage_Indirect | WGPUBufferUsage_CopySrc |
           WGPUBufferUsage_CopyDst;
}

/// Who waits for a mapping.
struct Request {
    std::shared_ptr<Inbox> inbox;
    Ticket ticket = 0;
};

void take_mapped(WGPUMapAsyncStatus status, WGPUStringView text, void* receiver, void*) {
    const std::unique_ptr<Request> request(static_cast<Request*>(receiver));
    Status outcome;
    if (status != WGPUMapAsyncStatus_Success)
        outcome = Status::failure(ErrorCode::internal, "wgpuBufferMapAsync: " + text_of(text));
    request->inbox->add({request->ticket, std::move(outcome)});
}

}  // namespace

void Memory::destroy() noexcept {
    for (const auto& buffer : buffers_)
        if (buffer->handle != nullptr) release(buffer->handle);
    buffers_.clear();
}

void Memory::release(WGPUBuffer buffer) noexcept {
    // The library may hold references for long, in bind groups for example; the memory goes now.
    core_.wgpu().BufferDestroy(buffer);
    core_.wgpu().BufferRelease(buffer);
}

WGPUBuffer Memory::create(WGPUBufferUsage usage, u64 size_bytes, bool mapped, Status& status) {
    WGPUBufferDescriptor descriptor{};
    descriptor.usage = usage;
    descriptor.size = size_bytes;
    descriptor.mappedAtCreation = mapped;
    ErrorScope scope(core_);
    WGPUBuffer buffer = core_.wgpu().DeviceCreateBuffer(core_.device, &descriptor);
    status = scope.end("wgpuDeviceCreateBuffer");
    // Dawn gives none where it cannot map one; all else are objects, of no use after an error.
    if (status.ok() && buffer == nullptr)
        status = Status::failure(ErrorCode::out_of_memory,
                                 "wgpuDeviceCreateBuffer: there is no memory for a mapped buffer of " +
                                     std::to_string(size_bytes) + " bytes");
    if (status.ok()) return buffer;
    if (buffer != nullptr) core_.wgpu().BufferRelease(buffer);
    return nullptr;
}

Status Memory::allocate(const Allocation& allocation, BufferId& out) {
    auto buffer = std::make_unique<Buffer>();
    buffer->kind = allocation.kind;
    buffer->size_bytes = allocation.size_bytes;
    const bool own = core_.answers_later() && allocation.kind != MemoryKind::device;
    if (own) {
        buffer->host.reset(new (std::nothrow) std::byte[allocation.size_bytes]);
        if (!buffer->host)
            return Status::failure(ErrorCode::out_of_memory, "the process has no more memory for transfers");
    }
    buffer->fresh = !own && allocation.kind == MemoryKind::upload;
    Status status;
    if (!own || allocation.kind == MemoryKind::download)
        buffer->handle = create(usage_of(allocation.kind), allocation.size_bytes, buffer->fresh, status);
    if (!status.ok()) return status;
    buffer->serial = ++serials_;
    buffer->native = {buffer->handle, 0, allocation.size_bytes};
    buffer->place = buffers_.size();
    out = static_cast<BufferId>(reinterpret_cast<std::uintptr_t>(buffer.get()));
    buffers_.push_back(std::move(buffer));
    return {};
}

void Memory::free(BufferId id) {
    Buffer& buffer = from_id(id);
    if (buffer.handle != nullptr) release(buffer.handle);
    const std::size_t place = buffer.place;
    if (place + 1 != buffers_.size()) {
        std::swap(buffers_[place], buffers_.back());
        buffers_[place]->place = place;
    }
    buffers_.pop_back();
}

Status Memory::take_range(const OpenMap& map, void*& out) {
    if (!core_.alive()) return core_.loss();
    const Functions& wgpu = core_.wgpu();
    // The memory of a buffer that is read is const to everybody but the type of `out`.
    out = map.buffer->kind == MemoryKind::upload
              ? wgpu.BufferGetMappedRange(map.buffer->handle, map.offset_bytes, map.size_bytes)
              : const_cast<void*>(wgpu.BufferGetConstMappedRange(map.buffer->handle, map.offset_bytes, map.size_bytes));
    if (out != nullptr) return {};
    return Status::failure(ErrorCode::internal, "wgpuBufferGetMappedRange: the library gives no address");
}

Pending Memory::map(BufferId id, u64 offset_bytes, u64 size_bytes, void*& out) {
    Buffer& buffer = from_id(id);
    if (buffer.host) {
        out = buffer.host.get() + offset_bytes;
        return {};
    }
    const OpenMap open{&buffer, offset_bytes, size_bytes};
    if (buffer.fresh) {
        buffer.fresh = false;
        return {0, take_range(open, out)};
    }
    const Ticket ticket = core_.next_ticket();
    {
        const std::lock_guard lock(mutex_);
        maps_.emplace(ticket, open);
    }
    ErrorScope scope(core_);
    core_.wgpu().BufferMapAsync(
        buffer.handle, buffer.kind == MemoryKind::upload ? WGPUMapMode_Write : WGPUMapMode_Read, offset_bytes,
        size_bytes,
        {nullptr, WGPUCallbackMode_AllowProcessEvents, take_mapped, new Request{core_.inbox, ticket}, nullptr});
    (void)scope.end("wgpuBufferMapAsync");  // the callback has it too
    // A buffer that nothing uses is mapped as soon as the library is asked.
    core_.pump();
    Event event;
    if (!core_.inbox->take(ticket, event)) return {ticket, {}};
    Completion completion;
    (void)finish_map(event, completion);
    out = completion.mapped;
    return {0, std::move(completion.status)};
}

bool Memory::finish_map(const Event& event, Completion& out) {
    OpenMap open;
    {
        const std::lock_guard lock(mutex_);
        const auto found = maps_.find(event.ticket);
        if (found == maps_.end()) return false;
        open = found->second;
        maps_.erase(found);
    }
    out.ticket = event.ticket;
    if (core_.lost()) out.status = core_.loss();
    else if (event.status.failed) out.status = event.status;
    else out.status = take_range(open, out.mapped);
    return true;
}

void Memory::fail_maps(std::vector<Completion>& out) {
    const std::lock_guard lock(mutex_);
    for (const auto& [ticket, map] : maps_) {
        Completion completion;
        completion.ticket = ticket;
        completion.status = core_.loss();
        out.push_back(std::move(completion));
    }
    maps_.clear();
}

void Memory::unmap(BufferId id) {
    if (!from_id(id).host) core_.wgpu().BufferUnmap(from_id(id).handle);
}

void Memory::unmap_fresh(Buffer& buffer) {
    buffer.fresh = false;
    core_.wgpu().BufferUnmap(buffer.handle);
}

}  // namespace alkomp::backend::webgpu
