// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes pipelines from SPIR-V, and keeps the driver's compiled form for the next start.
#include "backend/vulkan/pipeline.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace alkomp::backend::vulkan {
namespace {

VkDescriptorType descriptor_type(BindingKind kind) {
    return kind == BindingKind::uniform ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
}

/// In front of the driver's data in a sealed cache.
struct CacheHeader {
    static constexpr u32 kMagic = 0x706b6c61;  // "alkp"
    u32 magic = kMagic;
    u32 version = 1;
    u64 size_bytes = 0;
    u64 hash = 0;
};

/// Eight bytes at a time, multiplied and folded: any change of a byte shows.
u64 hash_bytes(std::span<const std::byte> bytes) {
    u64 hash = 0x9e3779b97f4a7c15u ^ bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
        u64 word = 0;
        std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
        hash = (hash ^ word) * 0xd6e8feb86659fd93u;
        hash ^= hash >> 32;
    }
    return hash;
}

}  // namespace

std::vector<std::byte> seal_cache(std::span<const std::byte> driver_data) {
    CacheHeader header;
    header.size_bytes = driver_data.size();
    header.hash = hash_bytes(driver_data);
    std::vector<std::byte> out(sizeof header + driver_data.size());
    std::memcpy(out.data(), &header, sizeof header);
    std::copy(driver_data.begin(), driver_data.end(), out.begin() + sizeof header);
    return out;
}

std::span<const std::byte> unseal_cache(std::span<const std::byte> sealed, const VkPhysicalDeviceProperties& device) {
    CacheHeader header;
    if (sealed.size() < sizeof header) return {};
    std::memcpy(&header, sealed.data(), sizeof header);
    const std::span<const std::byte> data = sealed.subspan(sizeof header);
    if (header.magic != CacheHeader::kMagic || header.version != 1 || header.size_bytes != data.size() ||
        header.hash != hash_bytes(data)) {
        return {};
    }
    VkPipelineCacheHeaderVersionOne own{};
    if (data.size() < sizeof own) return {};
    std::memcpy(&own, data.data(), sizeof own);
    const bool same = own.headerSize >= sizeof own && own.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
                      own.vendorID == device.vendorID && own.deviceID == device.deviceID &&
                      std::memcmp(own.pipelineCacheUUID, device.pipelineCacheUUID, VK_UUID_SIZE) == 0;
    return same ? data : std::span<const std::byte>{};
}

void Pipelines::destroy() noexcept {
    for (const auto& kernel : kernels_.all()) destroy_kernel(*kernel);
    kernels_.clear();
}

void Pipelines::destroy_kernel(Kernel& kernel) noexcept {
    const DeviceFunctions& vk = core_.vk;
    vk.DestroyPipeline(core_.handle, kernel.pipeline, nullptr);
    vk.DestroyPipelineLayout(core_.handle, kernel.layout, nullptr);
    for (VkDescriptorSetLayout layout : kernel.layouts) vk.DestroyDescriptorSetLayout(core_.handle, layout, nullptr);
}

void Pipelines::release(KernelId id) {
    Kernel& kernel = from_id(id);
    destroy_kernel(kernel);
    kernels_.remove(&kernel);
}

Status Pipelines::compile(const KernelCode& code, const Interface& interface, KernelId& out,
                          std::vector<std::byte>& cache) {
    auto kernel = std::make_unique<Kernel>();
    VkPipelineCache driver_cache = VK_NULL_HANDLE;
    const std::span<const std::byte> known = unseal_cache(code.cached, core_.adapter->properties.core.properties);
    Status status = make_layouts(interface, *kernel);
    if (status.ok()) status = open_cache(known, driver_cache);
    if (status.ok()) status = make_pipeline(code, interface, driver_cache, *kernel);
    if (status.ok() && driver_cache) status = read_cache(driver_cache, known, cache);
    core_.vk.DestroyPipelineCache(core_.handle, driver_cache, nullptr);
    if (!status.ok()) {
        destroy_kernel(*kernel);
        return status;
    }
    core_.name(VK_OBJECT_TYPE_PIPELINE, kernel->pipeline, code.label);
    core_.name(VK_OBJECT_TYPE_PIPELINE_LAYOUT, kernel->layout, code.label);
    out = static_cast<KernelId>(reinterpret_cast<std::uintptr_t>(kernels_.add(std::move(kernel))));
    return {};
}

Status Pipelines::make_layouts(const Interface& interface, Kernel& kernel) {
    for (u32 i = 0; i < interface.bindings.size(); ++i) {
        const BindingInfo& binding = interface.bindings[i];
        if (kernel.sets.empty() || kernel.sets.back().set != binding.set) {
            SetUse use;
            use.set = binding.set;
            use.first = i;
            kernel.sets.push_back(use);
        }
        SetUse& use = kernel.sets.back();
        ++use.count;
        ++(binding.kind == BindingKind::uniform ? use.uniform_buffers : use.storage_buffers);
        VkWriteDescriptorSet write{};
        write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
        write.dstBinding = binding.binding;
        write.descriptorCount = 1;
        write.descriptorType = descriptor_type(binding.kind);
        kernel.writes.push_back(write);
    }
    kernel.pushes_descriptors = kernel.sets.size() == 1 && core_.vk.CmdPushDescriptorSetKHR &&
                                kernel.sets[0].count <= core_.adapter->properties.push_descriptor.maxPushDescriptors;
    if (!kernel.sets.empty()) kernel.layouts.resize(kernel.sets.back().set + 1);
    std::size_t next = 0;
    for (u32 set = 0; set < kernel.layouts.size(); ++set) {
        SetUse none;
        SetUse& use = kernel.sets[next].set == set ? kernel.sets[next++] : none;
        VkDescriptorSetLayoutCreateFlags flags = 0;
        if (kernel.pushes_descriptors && use.count) flags = VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR;
        if (Status status = make_set_layout(interface, use, flags, kernel.layouts[set]); !status.ok()) return status;
        use.layout = kernel.layouts[set];
    }
    const VkPushConstantRange scalars{VK_SHADER_STAGE_COMPUTE_BIT, 0, interface.scalar_bytes};
    VkPipelineLayoutCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
    info.setLayoutCount = static_cast<u32>(kernel.layouts.size());
    info.pSetLayouts = kernel.layouts.data();
    info.pushConstantRangeCount = interface.scalar_bytes ? 1 : 0;
    info.pPushConstantRanges = &scalars;
    if (VkResult r = core_.vk.CreatePipelineLayout(core_.handle, &info, nullptr, &kernel.layout); r != VK_SUCCESS) {
        kernel.layout = VK_NULL_HANDLE;
        return core_.check("vkCreatePipelineLayout", r);
    }
    return {};
}

Status Pipelines::make_set_layout(const Interface& interface, const SetUse& use, VkDescriptorSetLayoutCreateFlags flags,
                                  VkDescriptorSetLayout& out) {
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (u32 i = use.first; i < use.first + use.count; ++i) {
        const BindingInfo& b = interface.bindings[i];
        bindings.push_back({b.binding, descriptor_type(b.kind), 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
    }
    VkDescriptorSetLayoutCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
    info.flags = flags;
    info.bindingCount = static_cast<u32>(bindings.size());
    info.pBindings = bindings.data();
    const VkResult r = core_.vk.CreateDescriptorSetLayout(core_.handle, &info, nullptr, &out);
    if (r != VK_SUCCESS) out = VK_NULL_HANDLE;
    return core_.check("vkCreateDescriptorSetLayout", r);
}

Status Pipelines::make_pipeline(const KernelCode& code, const Interface& interface, VkPipelineCache cache,
                                Kernel& kernel) {
    const auto words = std::get<std::span<const u32>>(code.code);
    VkShaderModuleCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    info.codeSize = words.size_bytes();
    info.pCode = words.data();
    VkShaderModule module = VK_NULL_HANDLE;
    if (VkResult r = core_.vk.CreateShaderModule(core_.handle, &info, nullptr, &module); r != VK_SUCCESS) {
        Status status = core_.check("vkCreateShaderModule", r);
        if (status.code == ErrorCode::internal) status.code = ErrorCode::compile_failed;
        return status;
    }
    core_.name(VK_OBJECT_TYPE_SHADER_MODULE, module, code.label);
    Status status = create_pipeline(code, interface, module, cache, kernel);
    core_.vk.DestroyShaderModule(core_.handle, module, nullptr);
    return status;
}

Status Pipelines::create_pipeline(const KernelCode& code, const Interface& interface, VkShaderModule module,
                                  VkPipelineCache cache, Kernel& kernel) {
    std::vector<VkSpecializationMapEntry> entries;
    std::vector<u64> values;  // little-endian hosts only: the low bytes come first
    for (const SpecializationValue& constant : code.constants) {
        entries.push_back({constant.id, static_cast<u32>(values.size() * sizeof(u64)), constant.size_bytes});
        values.push_back(constant.bits);
    }
    const VkSpecializationInfo constants{static_cast<u32>(entries.size()), entries.data(), values.size() * sizeof(u64),
                                         values.data()};
    VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroup{};
    subgroup.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO;
    subgroup.requiredSubgroupSize = code.subgroup_size;
    VkPipelineRobustnessCreateInfoEXT robustness{};
    robustness.sType = VK_STRUCTURE_TYPE_PIPELINE_ROBUSTNESS_CREATE_INFO_EXT;
    robustness.storageBuffers = code.robust ? VK_PIPELINE_ROBUSTNESS_BUFFER_BEHAVIOR_ROBUST_BUFFER_ACCESS_EXT
                                            : VK_PIPELINE_ROBUSTNESS_BUFFER_BEHAVIOR_DISABLED_EXT;
    robustness.uniformBuffers = robustness.storageBuffers;
    VkComputePipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = module;
    info.stage.pName = interface.entry.c_str();
    if (!entries.empty()) info.stage.pSpecializationInfo = &constants;
    if (code.subgroup_size != 0) {
        info.stage.pNext = &subgroup;
        const bool whole = interface.workgroup_size[0] % code.subgroup_size == 0;
        if (whole && core_.enabled.subgroup_size.computeFullSubgroups)
            info.stage.flags |= VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;
    }
    // The device's own setting stands unless the kernel wants the other one.
    const bool device_robust = core_.enabled.core.features.robustBufferAccess;
    if (code.robust != device_robust && core_.enabled.pipeline_robustness.pipelineRobustness) info.pNext = &robustness;
    info.layout = kernel.layout;
    const VkResult r = core_.vk.CreateComputePipelines(core_.handle, cache, 1, &info, nullptr, &kernel.pipeline);
    if (r == VK_SUCCESS) return {};
    kernel.pipeline = VK_NULL_HANDLE;
    Status status = core_.check("vkCreateComputePipelines", r);
    if (status.code == ErrorCode::internal) status.code = ErrorCode::compile_failed;
    return status;
}

/// A failure leaves `out` null and costs only time; but a lost device is lost.
Status Pipelines::open_cache(std::span<const std::byte> cached, VkPipelineCache& out) {
    VkPipelineCacheCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
    info.initialDataSize = cached.size();
    info.pInitialData = cached.data();
    const VkResult r = core_.vk.CreatePipelineCache(core_.handle, &info, nullptr, &out);
    if (r == VK_SUCCESS) return {};
    out = VK_NULL_HANDLE;
    Status status = core_.check("vkCreatePipelineCache", r);
    return status.code == ErrorCode::device_lost ? status : Status{};
}

Status Pipelines::read_cache(VkPipelineCache cache, std::span<const std::byte> known, std::vector<std::byte>& out) {
    std::size_t size = 0;
    std::vector<std::byte> data;
    VkResult r = core_.vk.GetPipelineCacheData(core_.handle, cache, &size, nullptr);
    if (r == VK_SUCCESS) {
        data.resize(size);
        r = core_.vk.GetPipelineCacheData(core_.handle, cache, &size, data.data());
    }
    if (r != VK_SUCCESS) {
        Status status = core_.check("vkGetPipelineCacheData", r);
        return status.code == ErrorCode::device_lost ? status : Status{};
    }
    data.resize(size);
    // Some drivers give their header alone, which is nothing worth keeping.
    if (size > sizeof(VkPipelineCacheHeaderVersionOne) && !std::ranges::equal(data, known)) out = seal_cache(data);
    return {};
}

}  // namespace alkomp::backend::vulkan
