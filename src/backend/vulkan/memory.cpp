// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocates buffers from shared memory blocks: best fit, neighbours merged when freed, large ones alone.
#include "backend/vulkan/memory.h"

#include <algorithm>
#include <utility>

namespace alkomp::backend::vulkan {
namespace {

constexpr u64 kFirstBlockBytes = u64{4} << 20;  // a small program shall not pin 64 MiB of host memory
constexpr u64 kLastBlockBytes = u64{64} << 20;
constexpr u64 kWholeBytes = u64{32} << 20;  // from here on a buffer has its own memory

constexpr u64 align_up(u64 value, u64 alignment) { return (value + alignment - 1) / alignment * alignment; }

constexpr VkMemoryPropertyFlags kCoherent = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
// Memory with its own rules: lazily allocated, protected, and uncached for the device.
constexpr VkMemoryPropertyFlags kSpecial = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT | VK_MEMORY_PROPERTY_PROTECTED_BIT |
                                           VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD |
                                           VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;

}  // namespace

Status Memory::start() {
    usage_ = buffer_usage(core_.enabled);
    // Buffers of equal usage and flags may live in the same memory types: one small buffer tells which.
    VkBuffer probe = VK_NULL_HANDLE;
    if (Status status = create_buffer(16, false, probe); !status.ok()) return status;
    VkMemoryRequirements need{};
    core_.vk.GetBufferMemoryRequirements(core_.handle, probe, &need);
    core_.vk.DestroyBuffer(core_.handle, probe, nullptr);
    for (const MemoryKind kind : {MemoryKind::device, MemoryKind::upload, MemoryKind::download}) {
        const u32 type = choose_type(need.memoryTypeBits, kind);
        if (type == ~0u)
            return Status::failure(ErrorCode::unsupported, "vkGetBufferMemoryRequirements: no memory type fits");
        by_kind_[static_cast<std::size_t>(kind)] = &pool_of(type);
    }
    const VkMemoryPropertyFlags device = by_kind_[0]->flags;
    Properties& p = core_.properties;
    p.persistent_map = true;
    p.device_mappable = (device & kCoherent) == kCoherent;
    p.device_cached = p.device_mappable && (device & VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    p.host_is_device = p.device_mappable && core_.adapter->cpu();
    if (core_.capabilities.features.host_memory_import) {
        p.import_alignment_bytes = core_.adapter->properties.host_memory.minImportedHostPointerAlignment;
    }
    return {};
}

void Memory::destroy() noexcept {
    for (const auto& buffer : buffers_.all()) core_.vk.DestroyBuffer(core_.handle, buffer->handle, nullptr);
    for (const auto& block : blocks_.all()) core_.vk.FreeMemory(core_.handle, block->memory, nullptr);
    buffers_.clear();
    blocks_.clear();
    pools_.clear();
}

/// The best type for a kind of buffer, or ~0 when none will do.
u32 Memory::choose_type(u32 allowed, MemoryKind kind) const {
    const VkPhysicalDeviceMemoryProperties& memory = core_.adapter->memory;
    const VkPhysicalDeviceType device_type = core_.adapter->properties.core.properties.deviceType;
    const bool one_memory =
        device_type == VK_PHYSICAL_DEVICE_TYPE_CPU || device_type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
    u32 best = ~0u;
    std::pair<u64, u64> best_score{};
    for (u32 i = 0; i < memory.memoryTypeCount; ++i) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
        const u64 heap_bytes = memory.memoryHeaps[memory.memoryTypes[i].heapIndex].size;
        if (!(allowed & (1u << i)) || (flags & kSpecial)) continue;
        const bool local = flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
        const bool coherent = (flags & kCoherent) == kCoherent;
        const bool cached = flags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
        std::pair<u64, u64> score;
        if (kind == MemoryKind::device) {
            // The largest heap first; within it what the CPU reaches too. A small window onto device
            // memory is a heap of its own, so it never wins.
            if (flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT && !coherent) continue;
            score = {(local ? u64{1} << 63 : 0) + heap_bytes, 1 + u64{coherent} * 2 + u64{cached && one_memory}};
        } else {
            if (!coherent) continue;
            const u64 cached_points = kind == MemoryKind::download ? 8 : 2;
            score = {1 + u64{!local || one_memory} * 4 + u64{cached} * cached_points, heap_bytes};
        }
        if (score <= best_score) continue;
        best = i;
        best_score = score;
    }
    return best;
}

MemoryPool& Memory::pool_of(u32 type) {
    for (const auto& pool : pools_) {
        if (pool->type == type) return *pool;
    }
    auto pool = std::make_unique<MemoryPool>();
    pool->type = type;
    pool->flags = core_.adapter->memory.memoryTypes[type].propertyFlags;
    pool->next_block_bytes = kFirstBlockBytes;
    pools_.push_back(std::move(pool));
    return *pools_.back();
}

Status Memory::create_buffer(u64 size_bytes, bool imported, VkBuffer& out) {
    VkExternalMemoryBufferCreateInfo external{};
    external.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO;
    external.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    VkBufferCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    if (imported) info.pNext = &external;
    info.size = size_bytes;
    info.usage = usage_;
    info.sharingMode = core_.families.size() > 1 ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE;
    if (core_.families.size() > 1) {
        info.queueFamilyIndexCount = static_cast<u32>(core_.families.size());
        info.pQueueFamilyIndices = core_.families.data();
    }
    return core_.check("vkCreateBuffer", core_.vk.CreateBuffer(core_.handle, &info, nullptr, &out));
}

Status Memory::allocate(const Allocation& allocation, BufferId& out) {
    VkBuffer handle = VK_NULL_HANDLE;
    if (Status status = create_buffer(allocation.size_bytes, allocation.import_host != nullptr, handle); !status.ok()) {
        return status;
    }
    VkMemoryRequirements need{};
    core_.vk.GetBufferMemoryRequirements(core_.handle, handle, &need);
    Place at;
    Status status = allocation.import_host
                        ? import(need, allocation, at)
                        : place(handle, need, *by_kind_[static_cast<std::size_t>(allocation.kind)], at);
    if (status.ok()) {
        status = core_.check("vkBindBufferMemory",
                             core_.vk.BindBufferMemory(core_.handle, handle, at.block->memory, at.offset_bytes));
        if (!status.ok()) {
            core_.vk.DestroyBuffer(core_.handle, handle, nullptr);
            give_back(at);
            return status;
        }
    } else {
        core_.vk.DestroyBuffer(core_.handle, handle, nullptr);
        return status;
    }
    auto buffer = std::make_unique<Buffer>();
    buffer->handle = handle;
    buffer->block = at.block;
    buffer->offset_bytes = at.offset_bytes;
    buffer->reserved_bytes = at.reserved_bytes;
    buffer->imported = static_cast<std::byte*>(allocation.import_host);
    buffer->native = {handle, 0, allocation.size_bytes, at.block->memory, at.offset_bytes, 0, usage_};
    if (usage_ & VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT) {
        VkBufferDeviceAddressInfo info{VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, nullptr, handle};
        buffer->native.address = core_.vk.GetBufferDeviceAddress(core_.handle, &info);
    }
    out = static_cast<BufferId>(reinterpret_cast<std::uintptr_t>(buffers_.add(std::move(buffer))));
    return {};
}

void Memory::free(BufferId id) {
    Buffer& buffer = from_id(id);
    core_.vk.DestroyBuffer(core_.handle, buffer.handle, nullptr);
    give_back({buffer.block, buffer.offset_bytes, buffer.reserved_bytes});
    buffers_.remove(&buffer);
}

Status Memory::map(BufferId id, u64 offset_bytes, void*& out) {
    Buffer& buffer = from_id(id);
    if (buffer.imported) {
        out = buffer.imported + offset_bytes;
        return {};
    }
    MemoryBlock& block = *buffer.block;
    if (!block.mapped) {
        const VkResult r = core_.vk.MapMemory(core_.handle, block.memory, 0, VK_WHOLE_SIZE, 0, &block.mapped);
        if (r != VK_SUCCESS) {
            block.mapped = nullptr;
            return core_.check("vkMapMemory", r);
        }
    }
    out = static_cast<std::byte*>(block.mapped) + buffer.offset_bytes + offset_bytes;
    return {};
}

Status Memory::place(VkBuffer buffer, const VkMemoryRequirements& need, MemoryPool& pool, Place& out) {
    MemoryBlock* block = nullptr;
    if (need.size < kWholeBytes) {
        if (take_free(need, pool, out)) return {};
        // The blocks of a type grow with its use. Where there is no room for a large one, a block of
        // just this buffer may still fit.
        const u64 wanted = std::max(pool.next_block_bytes, align_up(need.size, kFirstBlockBytes));
        Status status = create_block(pool, wanted, VK_NULL_HANDLE, block);
        if (status.ok()) {
            pool.next_block_bytes = std::min(pool.next_block_bytes * 2, kLastBlockBytes);
            take_free(need, pool, out);
            return {};
        }
        if (status.code != ErrorCode::out_of_memory) return status;
    }
    if (Status status = create_block(pool, need.size, buffer, block); !status.ok()) return status;
    out = {block, 0, need.size};
    return {};
}

Status Memory::import(const VkMemoryRequirements& need, const Allocation& allocation, Place& out) {
    constexpr auto kHandle = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    VkMemoryHostPointerPropertiesEXT of_pointer{};
    of_pointer.sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT;
    const VkResult r =
        core_.vk.GetMemoryHostPointerPropertiesEXT(core_.handle, kHandle, allocation.import_host, &of_pointer);
    if (r != VK_SUCCESS) return core_.check("vkGetMemoryHostPointerPropertiesEXT", r);
    const u32 type = choose_type(need.memoryTypeBits & of_pointer.memoryTypeBits, MemoryKind::upload);
    if (type == ~0u) {
        return Status::failure(
            ErrorCode::unsupported,
            "vkGetMemoryHostPointerPropertiesEXT: the driver cannot use this host memory for buffers");
    }
    VkImportMemoryHostPointerInfoEXT host{};
    host.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT;
    host.handleType = kHandle;
    host.pHostPointer = allocation.import_host;
    VkMemoryAllocateFlagsInfo flags{};
    flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
    flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
    if (usage_ & VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT) host.pNext = &flags;
    VkMemoryAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    info.pNext = &host;
    info.allocationSize = align_up(need.size, core_.properties.import_alignment_bytes);
    info.memoryTypeIndex = type;
    auto block = std::make_unique<MemoryBlock>();
    block->pool = &pool_of(type);
    block->size_bytes = info.allocationSize;
    block->used_bytes = info.allocationSize;
    block->whole = true;
    if (VkResult a = allocate_memory(info, block->memory); a != VK_SUCCESS) return core_.check("vkAllocateMemory", a);
    out = {blocks_.add(std::move(block)), 0, info.allocationSize};
    return {};
}

VkResult Memory::allocate_memory(const VkMemoryAllocateInfo& info, VkDeviceMemory& out) {
    const auto full = [&] { return blocks_.all().size() >= core_.adapter->limits().maxMemoryAllocationCount; };
    if (full() && !drop_spares()) return VK_ERROR_TOO_MANY_OBJECTS;
    VkResult r = core_.vk.AllocateMemory(core_.handle, &info, nullptr, &out);
    const bool no_room = r == VK_ERROR_OUT_OF_DEVICE_MEMORY || r == VK_ERROR_OUT_OF_HOST_MEMORY;
    if (no_room && drop_spares()) r = core_.vk.AllocateMemory(core_.handle, &info, nullptr, &out);
    if (r != VK_SUCCESS) out = VK_NULL_HANDLE;
    return r;
}

/// A new block; for one buffer alone when `whole` is not null.
Status Memory::create_block(MemoryPool& pool, u64 size_bytes, VkBuffer whole, MemoryBlock*& out) {
    const u32 heap = core_.adapter->memory.memoryTypes[pool.type].heapIndex;
    if (const u64 heap_bytes = core_.adapter->memory.memoryHeaps[heap].size; size_bytes > heap_bytes) {
        return Status::failure(ErrorCode::out_of_memory, "vkAllocateMemory: " + std::to_string(size_bytes) +
                                                             " bytes exceed the heap of " + std::to_string(heap_bytes) +
                                                             " bytes");
    }
    VkMemoryDedicatedAllocateInfo dedicated{};
    dedicated.sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO;
    dedicated.buffer = whole;
    VkMemoryAllocateFlagsInfo flags{};
    flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
    flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
    VkMemoryAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    if (whole) info.pNext = &dedicated;
    if (usage_ & VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT) {
        flags.pNext = info.pNext;
        info.pNext = &flags;
    }
    info.allocationSize = size_bytes;
    info.memoryTypeIndex = pool.type;
    auto block = std::make_unique<MemoryBlock>();
    block->pool = &pool;
    block->size_bytes = size_bytes;
    block->whole = whole != VK_NULL_HANDLE;
    if (VkResult r = allocate_memory(info, block->memory); r != VK_SUCCESS) {
        Status status = core_.check("vkAllocateMemory", r);
        status.text += " (" + std::to_string(size_bytes) + " bytes)";
        return status;
    }
    out = blocks_.add(std::move(block));
    if (out->whole) out->used_bytes = size_bytes;
    else add_free(*out, 0, size_bytes);
    return {};
}

void Memory::add_free(MemoryBlock& block, u64 offset_bytes, u64 size_bytes) {
    block.free.emplace(offset_bytes, size_bytes);
    block.pool->free.emplace(size_bytes, &block, offset_bytes);
}

void Memory::remove_free(MemoryBlock& block, std::map<u64, u64>::iterator range) {
    block.pool->free.erase({range->second, &block, range->first});
    block.free.erase(range);
}

/// Takes the smallest free range that holds `need`.
bool Memory::take_free(const VkMemoryRequirements& need, MemoryPool& pool, Place& out) {
    // Whole multiples of the alignment keep the rest aligned too.
    const u64 size = align_up(need.size, need.alignment);
    for (auto it = pool.free.lower_bound({size, nullptr, 0}); it != pool.free.end(); ++it) {
        const auto [range_bytes, block, offset] = *it;
        const u64 start = align_up(offset, need.alignment);
        if (start + size > offset + range_bytes) continue;
        remove_free(*block, block->free.find(offset));
        if (start > offset) add_free(*block, offset, start - offset);
        if (const u64 end = start + size; end < offset + range_bytes) add_free(*block, end, offset + range_bytes - end);
        block->used_bytes += size;
        if (pool.spare == block) pool.spare = nullptr;
        out = {block, start, size};
        return true;
    }
    return false;
}

void Memory::give_back(const Place& place) {
    MemoryBlock& block = *place.block;
    block.used_bytes -= place.reserved_bytes;
    if (block.whole) return destroy_block(&block);
    u64 begin = place.offset_bytes, end = begin + place.reserved_bytes;
    auto after = block.free.lower_bound(begin);
    if (after != block.free.end() && after->first == end) {
        end += after->second;
        remove_free(block, after++);
    }
    if (after != block.free.begin()) {
        const auto before = std::prev(after);
        if (before->first + before->second == begin) {
            begin = before->first;
            remove_free(block, before);
        }
    }
    add_free(block, begin, end - begin);
    if (block.used_bytes != 0) return;
    if (block.pool->spare) destroy_block(&block);
    else block.pool->spare = &block;
}

void Memory::destroy_block(MemoryBlock* block) {
    while (!block->free.empty()) remove_free(*block, block->free.begin());
    core_.vk.FreeMemory(core_.handle, block->memory, nullptr);
    blocks_.remove(block);
}

/// Frees the empty blocks; false when there are none.
bool Memory::drop_spares() {
    bool any = false;
    for (const auto& pool : pools_) {
        if (!pool->spare) continue;
        destroy_block(std::exchange(pool->spare, nullptr));
        any = true;
    }
    return any;
}

}  // namespace alkomp::backend::vulkan
