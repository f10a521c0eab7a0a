// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers, and the blocks of device memory that they share. Every buffer is a VkBuffer of its own, so
// that robust access keeps buffers apart; only memory blocks are shared.
#pragma once

#include "alkomp/native/vulkan.h"
#include "backend/vulkan/core.h"

#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

namespace alkomp::backend::vulkan {

struct MemoryPool;

/// One VkDeviceMemory.
struct MemoryBlock {
    MemoryPool* pool = nullptr;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    u64 size_bytes = 0;
    u64 used_bytes = 0;
    void* mapped = nullptr;   ///< all of it, from the first `map` on
    bool whole = false;       ///< belongs to one buffer: large or imported
    std::map<u64, u64> free;  ///< offset to size; neighbours are merged
    std::size_t place = 0;
};

/// The blocks of one memory type.
struct MemoryPool {
    u32 type = 0;
    VkMemoryPropertyFlags flags = 0;
    u64 next_block_bytes = 0;
    MemoryBlock* spare = nullptr;  ///< an empty block kept for the next allocation
    /// Free ranges of all blocks, smallest first: (size, block, offset).
    std::set<std::tuple<u64, MemoryBlock*, u64>> free;
};

struct Buffer {
    VkBuffer handle = VK_NULL_HANDLE;
    MemoryBlock* block = nullptr;
    u64 offset_bytes = 0;    ///< in the block
    u64 reserved_bytes = 0;  ///< of the block
    std::byte* imported = nullptr;
    native::VulkanBuffer native;
    std::size_t place = 0;
};

inline Buffer& from_id(BufferId id) noexcept { return *reinterpret_cast<Buffer*>(static_cast<std::uintptr_t>(id)); }

class Memory {
public:
    explicit Memory(Core& core) : core_(core) {}
    /// Chooses the memory types; sets what Properties says of memory.
    Status start();
    /// Destroys every buffer and block. Duty: nothing on the device uses them.
    void destroy() noexcept;

    Status allocate(const Allocation& allocation, BufferId& out);
    void free(BufferId id);
    Status map(BufferId id, u64 offset_bytes, void*& out);

private:
    struct Place {
        MemoryBlock* block = nullptr;
        u64 offset_bytes = 0, reserved_bytes = 0;
    };
    Status create_buffer(u64 size_bytes, bool imported, VkBuffer& out);
    Status place(VkBuffer buffer, const VkMemoryRequirements& need, MemoryPool& pool, Place& out);
    Status import(const VkMemoryRequirements& need, const Allocation& allocation, Place& out);
    Status create_block(MemoryPool& pool, u64 size_bytes, VkBuffer whole, MemoryBlock*& out);
    VkResult allocate_memory(const VkMemoryAllocateInfo& info, VkDeviceMemory& out);
    bool take_free(const VkMemoryRequirements& need, MemoryPool& pool, Place& out);
    void give_back(const Place& place);
    void add_free(MemoryBlock& block, u64 offset_bytes, u64 size_bytes);
    void remove_free(MemoryBlock& block, std::map<u64, u64>::iterator range);
    void destroy_block(MemoryBlock* block);
    bool drop_spares();
    [[nodiscard]] u32 choose_type(u32 allowed, MemoryKind kind) const;
    MemoryPool& pool_of(u32 type);

    Core& core_;
    VkBufferUsageFlags usage_ = 0;
    std::vector<std::unique_ptr<MemoryPool>> pools_;
    MemoryPool* by_kind_[3] = {};  ///< by MemoryKind
    Registry<MemoryBlock> blocks_;
    Registry<Buffer> buffers_;
};

}  // namespace alkomp::backend::vulkan
