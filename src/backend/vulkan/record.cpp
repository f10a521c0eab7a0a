// SPDX-License-Identifier: MIT OR Apache-2.0
// Command buffers, their descriptor sets and queries, and the loop that writes commands.
#include "backend/vulkan/record.h"

#include <algorithm>
#include <cstring>

namespace alkomp::backend::vulkan {
namespace {

constexpr u32 kSetsPerPool = 256, kStoragePerPool = 1024, kUniformPerPool = 256;

struct Sync {
    VkPipelineStageFlags stages = 0;
    VkAccessFlags accesses = 0;
};

/// Stages and accesses of each set of kinds, as what a barrier waits for.
constexpr std::array<Sync, 8> kSources = [] {
    std::array<Sync, 8> out{};
    for (u32 kinds = 0; kinds < 8; ++kinds) {
        if (kinds & kCompute) out[kinds].stages |= VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
        if (kinds & kCompute) out[kinds].accesses |= VK_ACCESS_SHADER_WRITE_BIT;
        if (kinds & kCopy) out[kinds].stages |= VK_PIPELINE_STAGE_TRANSFER_BIT;
        if (kinds & kCopy) out[kinds].accesses |= VK_ACCESS_TRANSFER_WRITE_BIT;
        if (kinds & kIndirect) out[kinds].stages |= VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
    }
    return out;
}();

/// The same as what waits for a barrier.
constexpr std::array<Sync, 8> kTargets = [] {
    std::array<Sync, 8> out{};
    for (u32 kinds = 0; kinds < 8; ++kinds) {
        if (kinds & kCompute) out[kinds].stages |= VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
        if (kinds & kCompute) {
            out[kinds].accesses |= VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_UNIFORM_READ_BIT;
        }
        if (kinds & kCopy) out[kinds].stages |= VK_PIPELINE_STAGE_TRANSFER_BIT;
        if (kinds & kCopy) out[kinds].accesses |= VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
        if (kinds & kIndirect) out[kinds].stages |= VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
        if (kinds & kIndirect) out[kinds].accesses |= VK_ACCESS_INDIRECT_COMMAND_READ_BIT;
    }
    return out;
}();

template <class T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
    return a.size() == b.size() && (a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

}  // namespace

// Descriptor sets ----------------------------------------------------------------------------------

Status DescriptorPools::add(Core& core, const SetUse& use) {
    Pool pool;
    pool.all_sets = kSetsPerPool;
    pool.all_storage = std::max(kStoragePerPool, use.storage_buffers);
    pool.all_uniform = std::max(kUniformPerPool, use.uniform_buffers);
    const std::array<VkDescriptorPoolSize, 2> sizes{
        {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, pool.all_storage}, {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, pool.all_uniform}}};
    VkDescriptorPoolCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
    info.maxSets = pool.all_sets;
    info.poolSizeCount = static_cast<u32>(sizes.size());
    info.pPoolSizes = sizes.data();
    if (VkResult r = core.vk.CreateDescriptorPool(core.handle, &info, nullptr, &pool.handle); r != VK_SUCCESS) {
        return core.check("vkCreateDescriptorPool", r);
    }
    pool.sets = pool.all_sets;
    pool.storage = pool.all_storage;
    pool.uniform = pool.all_uniform;
    pools_.push_back(pool);
    return {};
}

VkResult DescriptorPools::take(Core& core, Pool& pool, const SetUse& use, VkDescriptorSet& out) {
    if (pool.sets == 0 || pool.storage < use.storage_buffers || pool.uniform < use.uniform_buffers) {
        return VK_ERROR_OUT_OF_POOL_MEMORY;
    }
    VkDescriptorSetAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
    info.descriptorPool = pool.handle;
    info.descriptorSetCount = 1;
    info.pSetLayouts = &use.layout;
    const VkResult r = core.vk.AllocateDescriptorSets(core.handle, &info, &out);
    if (r == VK_SUCCESS) {
        --pool.sets;
        pool.storage -= use.storage_buffers;
        pool.uniform -= use.uniform_buffers;
    }
    return r;
}

Status DescriptorPools::allocate(Core& core, const SetUse& use, VkDescriptorSet& out) {
    VkResult r = VK_ERROR_OUT_OF_POOL_MEMORY;
    for (bool fresh = false; !fresh;) {
        fresh = current_ == pools_.size();
        if (fresh) {
            if (Status status = add(core, use); !status.ok()) return status;
        }
        r = take(core, pools_[current_], use, out);
        if (r != VK_ERROR_OUT_OF_POOL_MEMORY && r != VK_ERROR_FRAGMENTED_POOL) break;
        if (!fresh) ++current_;
    }
    return core.check("vkAllocateDescriptorSets", r);
}

Status DescriptorPools::reset(Core& core) {
    for (std::size_t i = 0; i < pools_.size() && i <= current_; ++i) {
        Pool& pool = pools_[i];
        if (VkResult r = core.vk.ResetDescriptorPool(core.handle, pool.handle, 0); r != VK_SUCCESS) {
            return core.check("vkResetDescriptorPool", r);
        }
        pool.sets = pool.all_sets;
        pool.storage = pool.all_storage;
        pool.uniform = pool.all_uniform;
    }
    current_ = 0;
    return {};
}

void DescriptorPools::destroy(Core& core) noexcept {
    for (const Pool& pool : pools_) core.vk.DestroyDescriptorPool(core.handle, pool.handle, nullptr);
    pools_.clear();
}

// Recordings ---------------------------------------------------------------------------------------

Status create_recording(Core& core, u32 family, Recording& out) {
    VkCommandPoolCreateInfo pool{};
    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    pool.queueFamilyIndex = family;
    if (VkResult r = core.vk.CreateCommandPool(core.handle, &pool, nullptr, &out.pool); r != VK_SUCCESS) {
        out.pool = VK_NULL_HANDLE;
        return core.check("vkCreateCommandPool", r);
    }
    VkCommandBufferAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    info.commandPool = out.pool;
    info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    info.commandBufferCount = 1;
    if (VkResult r = core.vk.AllocateCommandBuffers(core.handle, &info, &out.commands); r != VK_SUCCESS) {
        destroy_recording(core, out);
        out.pool = VK_NULL_HANDLE;
        return core.check("vkAllocateCommandBuffers", r);
    }
    return {};
}

void destroy_recording(Core& core, Recording& recording) noexcept {
    core.vk.DestroyCommandPool(core.handle, recording.pool, nullptr);
    recording.descriptors.destroy(core);
    // Their buffers go with the device's memory.
    for (const TimestampPage& page : recording.pages) core.vk.DestroyQueryPool(core.handle, page.pool, nullptr);
    recording.pages.clear();
}

Status reset_recording(Core& core, Recording& recording) {
    if (VkResult r = core.vk.ResetCommandPool(core.handle, recording.pool, 0); r != VK_SUCCESS) {
        return core.check("vkResetCommandPool", r);
    }
    if (Status status = recording.descriptors.reset(core); !status.ok()) return status;
    const std::size_t used = (recording.timestamps + kQueriesPerPool - 1) / kQueriesPerPool;
    for (std::size_t i = 0; i < std::min(used, recording.pages.size()); ++i) {
        core.vk.ResetQueryPool(core.handle, recording.pages[i].pool, 0, kQueriesPerPool);
    }
    recording.timestamps = 0;
    return {};
}

// Commands -----------------------------------------------------------------------------------------

Status Recorder::begin(VkCommandBufferUsageFlags usage) {
    VkCommandBufferBeginInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    info.flags = usage;
    return core_.check("vkBeginCommandBuffer", vk_.BeginCommandBuffer(commands_, &info));
}

Status Recorder::end() {
    copy_timestamps();
    return core_.check("vkEndCommandBuffer", vk_.EndCommandBuffer(commands_));
}

Status Recorder::write(std::span<const Command> commands) {
    for (const Command& command : commands) {
        if (command.barrier) recording_.order.mark();
        Status status;
        if (const auto* dispatch = std::get_if<Dispatch>(&command.what)) {
            order(kCompute);
            status = bind(from_id(dispatch->kernel), dispatch->bindings, dispatch->scalars);
            if (!status.ok()) return status;
            vk_.CmdDispatch(commands_, dispatch->groups[0], dispatch->groups[1], dispatch->groups[2]);
        } else if (const auto* copy = std::get_if<Copy>(&command.what)) {
            order(kCopy);
            const VkBufferCopy region{copy->from_offset_bytes, copy->to_offset_bytes, copy->size_bytes};
            vk_.CmdCopyBuffer(commands_, from_id(copy->from).handle, from_id(copy->to).handle, 1, &region);
        } else if (const auto* fill = std::get_if<Fill>(&command.what)) {
            order(kCopy);
            vk_.CmdFillBuffer(commands_, from_id(fill->buffer).handle, fill->offset_bytes, fill->size_bytes,
                              fill->pattern);
        } else if (const auto* indirect = std::get_if<DispatchIndirect>(&command.what)) {
            // Counts above maxComputeWorkGroupCount are undefined in Vulkan; drivers whose limit is the
            // hardware's drop or truncate such a dispatch, and robust access still holds.
            order(kCompute | kIndirect);
            status = bind(from_id(indirect->kernel), indirect->bindings, indirect->scalars);
            if (!status.ok()) return status;
            vk_.CmdDispatchIndirect(commands_, from_id(indirect->counts).handle, indirect->counts_offset_bytes);
        } else {
            status = timestamp();
        }
        if (!status.ok()) return status;
    }
    return {};
}

Status Recorder::bind(Kernel& kernel, std::span<const BoundRange> bindings, std::span<const std::byte> scalars) {
    const bool changed = &kernel != kernel_;
    if (changed) {
        vk_.CmdBindPipeline(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.pipeline);
        kernel_ = &kernel;
    }
    if (!bindings.empty() && (changed || !same_bytes(bindings, bindings_))) {
        if (Status status = bind_buffers(kernel, bindings); !status.ok()) return status;
        bindings_ = bindings;
    }
    if (!scalars.empty() && (changed || !same_bytes(scalars, scalars_))) {
        vk_.CmdPushConstants(commands_, kernel.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, static_cast<u32>(scalars.size()),
                             scalars.data());
        scalars_ = scalars;
    }
    return {};
}

Status Recorder::bind_buffers(Kernel& kernel, std::span<const BoundRange> bindings) {
    if (scratch_.size() < bindings.size()) scratch_.resize(bindings.size());
    for (std::size_t i = 0; i < bindings.size(); ++i) {
        scratch_[i] = {from_id(bindings[i].buffer).handle, bindings[i].offset_bytes, bindings[i].size_bytes};
        kernel.writes[i].pBufferInfo = &scratch_[i];
    }
    if (kernel.pushes_descriptors) {
        const SetUse& use = kernel.sets.front();
        vk_.CmdPushDescriptorSetKHR(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.layout, use.set, use.count,
                                    kernel.writes.data());
        return {};
    }
    for (const SetUse& use : kernel.sets) {
        VkDescriptorSet set = VK_NULL_HANDLE;
        if (Status status = recording_.descriptors.allocate(core_, use, set); !status.ok()) return status;
        for (u32 i = 0; i < use.count; ++i) kernel.writes[use.first + i].dstSet = set;
        vk_.UpdateDescriptorSets(core_.handle, use.count, kernel.writes.data() + use.first, 0, nullptr);
        vk_.CmdBindDescriptorSets(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.layout, use.set, 1, &set, 0,
                                  nullptr);
    }
    return {};
}

Status Recorder::timestamp() {
    // A queue without timestamps answers zeros.
    const u32 index = recording_.timestamps;
    if (family_.timestamp_bits != 0 && core_.capabilities.features.timestamps) {
        if (index / kQueriesPerPool == recording_.pages.size()) {
            if (Status status = add_page(); !status.ok()) return status;
        }
        vk_.CmdWriteTimestamp(commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                              recording_.pages[index / kQueriesPerPool].pool, index % kQueriesPerPool);
    }
    ++recording_.timestamps;
    return {};
}

Status Recorder::add_page() {
    TimestampPage page;
    Status status;
    if (family_.compute) {
        status = memory_.allocate({MemoryKind::download, kQueriesPerPool * sizeof(u64), nullptr}, page.results);
        if (!status.ok()) return status;
        void* mapped = nullptr;
        status = memory_.map(page.results, 0, mapped);
        page.mapped = static_cast<const u64*>(mapped);
    }
    if (status.ok()) {
        VkQueryPoolCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
        info.queryType = VK_QUERY_TYPE_TIMESTAMP;
        info.queryCount = kQueriesPerPool;
        status = core_.check("vkCreateQueryPool", vk_.CreateQueryPool(core_.handle, &info, nullptr, &page.pool));
    }
    if (!status.ok()) {
        if (page.results != BufferId::none) memory_.free(page.results);
        return status;
    }
    vk_.ResetQueryPool(core_.handle, page.pool, 0, kQueriesPerPool);
    recording_.pages.push_back(page);
    return {};
}

void Recorder::copy_timestamps() {
    if (recording_.timestamps == 0 || recording_.pages.empty() || !family_.compute) return;
    for (u32 first = 0; first < recording_.timestamps; first += kQueriesPerPool) {
        const TimestampPage& page = recording_.pages[first / kQueriesPerPool];
        vk_.CmdCopyQueryPoolResults(commands_, page.pool, 0, std::min(kQueriesPerPool, recording_.timestamps - first),
                                    from_id(page.results).handle, 0, sizeof(u64),
                                    VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
    }
    barrier(VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_HOST_BIT,
            VK_ACCESS_HOST_READ_BIT);
}

void Recorder::barrier_to(Kinds kinds, Kinds behind) {
    const Sync& from = kSources[behind];
    const Sync& to = kTargets[kinds];
    barrier(from.stages, from.accesses, to.stages, to.accesses);
    for (u32 k = 0; k < 3; ++k) {
        if (kinds & (1u << k)) recording_.order.behind[k] = 0;
    }
}

void Recorder::full_barrier() {
    const Kinds here = kinds_of(family_);
    barrier(kSources[here].stages, kSources[here].accesses, kTargets[here].stages, kTargets[here].accesses);
    recording_.order = {0, {}};
}

void Recorder::host_barrier() {
    const Sync& from = kSources[kinds_of(family_)];
    barrier(from.stages, from.accesses, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
}

void Recorder::barrier(VkPipelineStageFlags from, VkAccessFlags writes, VkPipelineStageFlags to,
                       VkAccessFlags accesses) {
    if (!vk_.CmdPipelineBarrier2) {
        const VkMemoryBarrier memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, writes, accesses};
        vk_.CmdPipelineBarrier(commands_, from, to, 0, 1, &memory, 0, nullptr, 0, nullptr);
        return;
    }
    const VkMemoryBarrier2 memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2, nullptr, from, writes, to, accesses};
    VkDependencyInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO;
    info.memoryBarrierCount = 1;
    info.pMemoryBarriers = &memory;
    vk_.CmdPipelineBarrier2(commands_, &info);
}

}  // namespace alkomp::backend::vulkan
