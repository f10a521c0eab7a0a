// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/memory.h"

#include <mutex>
#include <new>

namespace alkomp::backend::reference {
namespace {

constexpr std::align_val_t kAlignment{256};

u64 address_of(const Binding& bytes) { return reinterpret_cast<std::uintptr_t>(bytes.base); }

}  // namespace

void Memory::Free::operator()(std::byte* bytes) const { ::operator delete(bytes, kAlignment); }

Status Memory::allocate(const Allocation& allocation, BufferId& out) {
    const std::lock_guard lock(mutex_);
    const u64 size = allocation.size_bytes;
    Buffer buffer;
    buffer.bytes = {static_cast<std::byte*>(allocation.import_host), size};
    if (allocation.import_host == nullptr) {
        if (size <= most_bytes_ - used_bytes_)
            buffer.owned.reset(
                static_cast<std::byte*>(::operator new(static_cast<std::size_t>(size), kAlignment, std::nothrow)));
        if (!buffer.owned) {
            return Status::failure(ErrorCode::out_of_memory, "there is no memory for " + std::to_string(size) +
                                                                 " bytes beside the " + std::to_string(used_bytes_) +
                                                                 " in use; the machine has " +
                                                                 std::to_string(most_bytes_) + ".");
        }
        used_bytes_ += size;
        buffer.bytes.base = buffer.owned.get();
    }
    if (checks_) {
        const bool is_written = allocation.kind != MemoryKind::device || allocation.import_host != nullptr;
        buffer.shadow = std::make_unique<Shadow>(buffer.bytes.base, size, is_written);
        buffer.bytes.shadow = buffer.shadow.get();
        buffer.bytes.races = true;
    }
    out = static_cast<BufferId>(next_);
    by_address_[address_of(buffer.bytes)] = buffer.bytes;
    buffers_.emplace(next_++, std::move(buffer));
    return {};
}

void Memory::free(BufferId id) {
    const std::lock_guard lock(mutex_);
    const auto found = buffers_.find(static_cast<u64>(id));
    if (found == buffers_.end()) return;
    if (found->second.owned) used_bytes_ -= found->second.bytes.size_bytes;
    by_address_.erase(address_of(found->second.bytes));
    buffers_.erase(found);
}

Binding Memory::operator[](BufferId id) const {
    const std::shared_lock lock(mutex_);
    const auto found = buffers_.find(static_cast<u64>(id));
    return found == buffers_.end() ? Binding{} : found->second.bytes;
}

void Memory::forget_accesses() {
    const std::lock_guard lock(mutex_);
    for (auto& [id, buffer] : buffers_)
        if (buffer.shadow) buffer.shadow->forget_accesses();
}

Binding Memory::find(u64 address) const {
    const std::shared_lock lock(mutex_);
    auto next = by_address_.upper_bound(address);
    if (next == by_address_.begin()) return {};
    const Binding& bytes = (--next)->second;
    return address - address_of(bytes) < bytes.size_bytes ? bytes : Binding{};
}

}  // namespace alkomp::backend::reference
