// SPDX-License-Identifier: MIT OR Apache-2.0
// Lists physical devices, refuses those that lack what alkomp needs, and describes the others.
#include "backend/vulkan/adapter.h"

#include "backend/vendor.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

namespace alkomp::backend::vulkan {
namespace {

constexpr u32 kMostQueues = 2;  // each costs 20 ms of vkCreateDevice and 9 of vkDestroyDevice on NVIDIA 580

std::string version_text(u32 version) {
    return std::to_string(VK_API_VERSION_MAJOR(version)) + '.' + std::to_string(VK_API_VERSION_MINOR(version)) + '.' +
           std::to_string(VK_API_VERSION_PATCH(version));
}

DeviceKind kind_of(VkPhysicalDeviceType type) {
    switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return DeviceKind::discrete;
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return DeviceKind::integrated;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return DeviceKind::virtual_gpu;
        case VK_PHYSICAL_DEVICE_TYPE_CPU:
            return DeviceKind::cpu;
        default:
            return DeviceKind::other;
    }
}

/// The compute family with the most queues (of equals the one that can do most), and a family whose
/// queues only copy, if there is one.
std::vector<FamilyUse> choose_families(const std::vector<VkQueueFamilyProperties>& families) {
    const VkQueueFamilyProperties* best = nullptr;
    const VkQueueFamilyProperties* copies = nullptr;
    const auto usable = [](const VkQueueFamilyProperties& f) { return std::min(f.queueCount, kMostQueues); };
    for (const VkQueueFamilyProperties& f : families) {
        if (f.queueCount == 0) continue;
        if (f.queueFlags & VK_QUEUE_COMPUTE_BIT) {
            const bool graphics = f.queueFlags & VK_QUEUE_GRAPHICS_BIT;
            const bool best_graphics = best && (best->queueFlags & VK_QUEUE_GRAPHICS_BIT);
            if (!best || usable(f) > usable(*best) || (usable(f) == usable(*best) && graphics && !best_graphics))
                best = &f;
        } else if ((f.queueFlags & VK_QUEUE_TRANSFER_BIT) && !(f.queueFlags & VK_QUEUE_GRAPHICS_BIT) && !copies) {
            copies = &f;
        }
    }
    std::vector<FamilyUse> out;
    if (!best) return out;
    const auto index = [&](const VkQueueFamilyProperties* f) { return static_cast<u32>(f - families.data()); };
    out.push_back({index(best), usable(*best), true, best->timestampValidBits});
    if (copies) out.push_back({index(copies), 1, false, copies->timestampValidBits});
    return out;
}

/// Why alkomp cannot use the device; empty when it can.
std::string refusal(const AdapterRecord& a) {
    const u32 own = a.properties.core.properties.apiVersion;
    if (own < VK_API_VERSION_1_2) return "it offers Vulkan " + version_text(own) + ", alkomp needs 1.2";
    if (!a.support.core(VK_API_VERSION_1_2)) {
        return "the loader offers Vulkan " + version_text(a.instance->version) + ", alkomp needs 1.2";
    }
    if (!a.features.v12.timelineSemaphore) return "it has no timeline semaphores";
    if (a.families.empty()) return "it has no queue that computes";
    return {};
}

bool imports_host_memory(const AdapterRecord& a, VkBufferUsageFlags usage) {
    if (!a.support.extension(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME)) return false;
    VkPhysicalDeviceExternalBufferInfo info{};
    info.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO;
    info.usage = usage;
    info.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    VkExternalBufferProperties properties{};
    properties.sType = VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES;
    a.instance->vk.GetPhysicalDeviceExternalBufferProperties(a.handle, &info, &properties);
    return properties.externalMemoryProperties.externalMemoryFeatures & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
}

std::string identity_of(const AdapterRecord& a) {
    const VkPhysicalDeviceProperties& p = a.properties.core.properties;
    std::string text = "vulkan " + version_text(a.support.version) + ' ' + hexadecimal(p.vendorID) + ':' +
                       hexadecimal(p.deviceID) + " driver " +
                       std::to_string(static_cast<u32>(a.properties.v12.driverID)) + '/' +
                       std::to_string(p.driverVersion) + ' ';
    for (const u8 byte : p.pipelineCacheUUID) {
        std::array<char, 4> hex{};
        std::snprintf(hex.data(), hex.size(), "%02x", static_cast<unsigned>(byte));
        text += hex.data();
    }
    return text;
}

u64 largest_device_heap(const VkPhysicalDeviceMemoryProperties& memory) {
    u64 largest = 0;
    for (u32 i = 0; i < memory.memoryHeapCount; ++i) {
        if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) {
            largest = std::max<u64>(largest, memory.memoryHeaps[i].size);
        }
    }
    return largest;
}

void describe(AdapterRecord& a) {
    const VkPhysicalDeviceProperties& p = a.properties.core.properties;
    Adapter& d = a.description;
    d.name = p.deviceName;
    d.vendor = vendor_name(p.vendorID);
    d.kind = kind_of(p.deviceType);
    d.driver = a.properties.v12.driverName;
    const std::string version = a.properties.v12.driverInfo;
    d.driver += ' ' + (version.empty() ? version_text(p.driverVersion) : version);
    d.identity = identity_of(a);
    d.memory_bytes = largest_device_heap(a.memory);
}

/// Asks the device for everything; `why` is set when alkomp cannot use it.
Status inspect(AdapterRecord& a, std::string& why) {
    const InstanceFunctions& vk = a.instance->vk;
    VkPhysicalDeviceProperties& p = a.properties.core.properties;
    vk.GetPhysicalDeviceProperties(a.handle, &p);
    a.support.version = std::min(p.apiVersion, a.instance->version);
    a.support.layer_version = a.instance->layer_version;
    VkResult r = enumerate(a.support.extensions, VkExtensionProperties{}, [&](u32* count, VkExtensionProperties* data) {
        return vk.EnumerateDeviceExtensionProperties(a.handle, nullptr, count, data);
    });
    if (r != VK_SUCCESS) return to_status("vkEnumerateDeviceExtensionProperties", r);
    if (a.support.core(VK_API_VERSION_1_2)) {
        a.features.link(a.support);
        a.properties.link(a.support);
        vk.GetPhysicalDeviceFeatures2(a.handle, &a.features.core);
        vk.GetPhysicalDeviceProperties2(a.handle, &a.properties.core);
    }
    vk.GetPhysicalDeviceMemoryProperties(a.handle, &a.memory);
    u32 count = 0;
    vk.GetPhysicalDeviceQueueFamilyProperties(a.handle, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vk.GetPhysicalDeviceQueueFamilyProperties(a.handle, &count, families.data());
    families.resize(count);
    a.families = choose_families(families);
    why = refusal(a);
    describe(a);
    if (!why.empty()) return {};
    FeatureChain enabled;
    enabled.link(a.support);
    enabled.select(a.features, true);
    a.imports_host_memory = imports_host_memory(a, buffer_usage(enabled));
    return describe_capabilities(a, enabled, a.description.capabilities);
}

Scalar scalar_of(u32 component) {
    switch (component) {
        case kComponentF16:
            return Scalar::f16;
        case kComponentF32:
            return Scalar::f32;
        case kComponentF64:
            return Scalar::f64;
        case kComponentI8:
            return Scalar::i8;
        case kComponentI16:
            return Scalar::i16;
        case kComponentI32:
            return Scalar::i32;
        case kComponentI64:
            return Scalar::i64;
        case kComponentU8:
            return Scalar::u8;
        case kComponentU16:
            return Scalar::u16;
        case kComponentU32:
            return Scalar::u32;
        case kComponentU64:
            return Scalar::u64;
        case kComponentBf16:
            return Scalar::bf16;
        default:
            return Scalar::record;  // a type that alkomp has no name for
    }
}

Status list_cooperative_matrices(const AdapterRecord& a, const FeatureChain& enabled,
                                 std::vector<CooperativeMatrix>& out) {
    const auto list = a.instance->vk.GetPhysicalDeviceCooperativeMatrixPropertiesKHR;
    if (!enabled.cooperative.cooperativeMatrix || !list) return {};
    if (!(a.properties.cooperative.cooperativeMatrixSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT)) return {};
    std::vector<CooperativeMatrixProperties> shapes;
    const VkResult r =
        enumerate(shapes, CooperativeMatrixProperties{},
                  [&](u32* count, CooperativeMatrixProperties* data) { return list(a.handle, count, data); });
    if (r != VK_SUCCESS) return to_status("vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR", r);
    for (const CooperativeMatrixProperties& s : shapes) {
        const CooperativeMatrix shape{s.MSize,
                                      s.NSize,
                                      s.KSize,
                                      scalar_of(s.AType),
                                      scalar_of(s.BType),
                                      scalar_of(s.CType),
                                      scalar_of(s.ResultType),
                                      s.saturatingAccumulation != 0,
                                      s.scope == kScopeWorkgroup};
        const std::array types{shape.a, shape.b, shape.c, shape.result};
        const bool known = std::find(types.begin(), types.end(), Scalar::record) == types.end();
        const bool bf16_missing = std::find(types.begin(), types.end(), Scalar::bf16) != types.end() &&
                                  !enabled.bfloat16.shaderBFloat16CooperativeMatrix;
        const bool scope_known = s.scope == kScopeSubgroup || s.scope == kScopeWorkgroup;
        if (known && !bf16_missing && scope_known) out.push_back(shape);
    }
    return {};
}

Limits limits_of(const AdapterRecord& a, const FeatureChain& enabled) {
    const VkPhysicalDeviceLimits& l = a.limits();
    const PropertyChain& p = a.properties;
    Limits out;
    const u64 largest =
        enabled.maintenance4.maintenance4 ? p.maintenance4.maxBufferSize : p.v11.maxMemoryAllocationSize;
    out.max_buffer_bytes = std::min<u64>(largest, largest_device_heap(a.memory)) & ~u64{15};
    out.max_storage_binding_bytes = l.maxStorageBufferRange;
    out.max_uniform_binding_bytes = l.maxUniformBufferRange;
    out.storage_offset_alignment_bytes = l.minStorageBufferOffsetAlignment;
    out.uniform_offset_alignment_bytes = l.minUniformBufferOffsetAlignment;
    out.max_bindings =
        std::min({l.maxPerStageDescriptorStorageBuffers, l.maxDescriptorSetStorageBuffers, l.maxPerStageResources});
    out.max_sets = l.maxBoundDescriptorSets;
    out.max_scalar_bytes = l.maxPushConstantsSize;
    std::copy_n(l.maxComputeWorkGroupCount, 3, out.max_groups.begin());
    std::copy_n(l.maxComputeWorkGroupSize, 3, out.max_workgroup_size.begin());
    out.max_workgroup_invocations = l.maxComputeWorkGroupInvocations;
    out.max_shared_bytes = l.maxComputeSharedMemorySize;
    out.subgroup_size = out.min_subgroup_size = out.max_subgroup_size = p.v11.subgroupSize;
    if (enabled.subgroup_size.subgroupSizeControl) {
        out.min_subgroup_size = p.subgroup_size.minSubgroupSize;
        out.max_subgroup_size = p.subgroup_size.maxSubgroupSize;
    }
    if (a.cpu()) out.max_compute_units = std::thread::hardware_concurrency();
    else if (p.sm_nv.shaderSMCount) out.max_compute_units = p.sm_nv.shaderSMCount;
    else if (p.cores_amd.activeComputeUnitCount) out.max_compute_units = p.cores_amd.activeComputeUnitCount;
    else out.max_compute_units = p.cores_arm.shaderCoreCount;
    out.spirv_version = a.support.core(VK_API_VERSION_1_3) ? 0x00010600 : 0x00010500;
    return out;
}

SubgroupFeatures subgroups_of(const AdapterRecord& a, const FeatureChain& enabled) {
    SubgroupFeatures out;
    if (!(a.properties.v11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT)) return out;
    const VkSubgroupFeatureFlags has = a.properties.v11.subgroupSupportedOperations;
    out.basic = has & VK_SUBGROUP_FEATURE_BASIC_BIT;
    out.vote = has & VK_SUBGROUP_FEATURE_VOTE_BIT;
    out.arithmetic = has & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT;
    out.ballot = has & VK_SUBGROUP_FEATURE_BALLOT_BIT;
    out.shuffle = has & VK_SUBGROUP_FEATURE_SHUFFLE_BIT;
    out.shuffle_relative = has & VK_SUBGROUP_FEATURE_SHUFFLE_RELATIVE_BIT;
    out.clustered = has & VK_SUBGROUP_FEATURE_CLUSTERED_BIT;
    out.quad = has & VK_SUBGROUP_FEATURE_QUAD_BIT;
    out.rotate = enabled.rotate.shaderSubgroupRotate;
    out.partitioned = (has & VK_SUBGROUP_FEATURE_PARTITIONED_BIT_NV) &&
                      a.support.extension(VK_NV_SHADER_SUBGROUP_PARTITIONED_EXTENSION_NAME);
    out.size_control = enabled.subgroup_size.subgroupSizeControl &&
                       (a.properties.subgroup_size.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT);
    out.extended_types = enabled.v12.shaderSubgroupExtendedTypes;
    return out;
}

/// No query tells it: these drivers run on hardware whose started workgroups all advance.
bool makes_forward_progress(VkDriverId driver) {
    return driver == VK_DRIVER_ID_NVIDIA_PROPRIETARY || driver == VK_DRIVER_ID_AMD_PROPRIETARY ||
           driver == VK_DRIVER_ID_AMD_OPEN_SOURCE || driver == VK_DRIVER_ID_MESA_RADV;
}

void fill_types(const FeatureChain& e, Features& f) {
    f.f16 = e.v12.shaderFloat16;
    f.bf16 = e.bfloat16.shaderBFloat16Type;
    f.f64 = e.core.features.shaderFloat64;
    f.i8 = e.v12.shaderInt8;
    f.i16 = e.core.features.shaderInt16;
    f.i64 = e.core.features.shaderInt64;
    f.storage_8 = e.v12.storageBuffer8BitAccess;
    f.storage_16 = e.v11.storageBuffer16BitAccess;
    f.uniform_8 = e.v12.uniformAndStorageBuffer8BitAccess;
    f.uniform_16 = e.v11.uniformAndStorageBuffer16BitAccess;
    f.scalar_8 = e.v12.storagePushConstant8;
    f.scalar_16 = e.v11.storagePushConstant16;
    f.shared_8 = e.workgroup_layout.workgroupMemoryExplicitLayout8BitAccess;
    f.shared_16 = e.workgroup_layout.workgroupMemoryExplicitLayout16BitAccess;
    f.scalar_layout = e.v12.scalarBlockLayout;
}

void fill_atomics(const FeatureChain& e, Features& f) {
    f.atomic_i64 = e.v12.shaderBufferInt64Atomics;
    f.shared_atomic_i64 = e.v12.shaderSharedInt64Atomics;
    f.atomic_f32 = e.atomic_float.shaderBufferFloat32Atomics;
    f.atomic_f32_add = e.atomic_float.shaderBufferFloat32AtomicAdd;
    f.atomic_f32_min_max = e.atomic_float2.shaderBufferFloat32AtomicMinMax;
    f.shared_atomic_f32 = e.atomic_float.shaderSharedFloat32Atomics;
    f.shared_atomic_f32_add = e.atomic_float.shaderSharedFloat32AtomicAdd;
    f.shared_atomic_f32_min_max = e.atomic_float2.shaderSharedFloat32AtomicMinMax;
    f.atomic_f64_add = e.atomic_float.shaderBufferFloat64AtomicAdd;
    f.shared_atomic_f64_add = e.atomic_float.shaderSharedFloat64AtomicAdd;
    f.atomic_f16_add = e.atomic_float2.shaderBufferFloat16AtomicAdd;
}

void fill_execution(const AdapterRecord& a, const FeatureChain& e, Features& f) {
    const VkPhysicalDeviceVulkan12Properties& p = a.properties.v12;
    f.memory_model = e.v12.vulkanMemoryModel;
    f.memory_model_device_scope = e.v12.vulkanMemoryModelDeviceScope;
    f.buffer_address = e.v12.bufferDeviceAddress;
    f.variable_pointers = e.v11.variablePointers;
    f.integer_dot = e.integer_dot.shaderIntegerDotProduct;
    f.integer_dot_accelerated =
        f.integer_dot && a.properties.integer_dot.integerDotProduct4x8BitPackedSignedAccelerated;
    f.demote_denormals_control = p.shaderDenormFlushToZeroFloat32;
    f.preserves_nan_f16 = p.shaderSignedZeroInfNanPreserveFloat16;
    f.preserves_nan_f32 = p.shaderSignedZeroInfNanPreserveFloat32;
    f.preserves_nan_f64 = p.shaderSignedZeroInfNanPreserveFloat64;
    f.preserves_denormals_f32 = p.shaderDenormPreserveFloat32;
    f.rounds_to_even_f32 = p.shaderRoundingModeRTEFloat32;
    f.maximal_reconvergence = e.reconvergence.shaderMaximalReconvergence;
    f.expect_assume = e.expect_assume.shaderExpectAssume;
    f.shader_clock = e.clock.shaderSubgroupClock && e.clock.shaderDeviceClock;
    f.timestamps = a.families.front().timestamp_bits != 0 && a.limits().timestampPeriod > 0 && e.v12.hostQueryReset;
    f.indirect_dispatch = true;
    f.host_memory_import = a.imports_host_memory;
    f.forward_progress = makes_forward_progress(p.driverID);
    f.subgroup = subgroups_of(a, e);
    f.robust_buffers = e.core.features.robustBufferAccess;
    f.robust_zero = e.robustness2.robustBufferAccess2;
    f.robust_per_kernel = e.pipeline_robustness.pipelineRobustness;
}

}  // namespace

VkBufferUsageFlags buffer_usage(const FeatureChain& enabled) {
    VkBufferUsageFlags usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
                               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                               VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT;
    if (enabled.v12.bufferDeviceAddress) usage |= VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
    return usage;
}

Status describe_capabilities(const AdapterRecord& adapter, const FeatureChain& enabled, Capabilities& out) {
    out.limits = limits_of(adapter, enabled);
    fill_types(enabled, out.features);
    fill_atomics(enabled, out.features);
    fill_execution(adapter, enabled, out.features);
    out.features.cooperative_matrices.clear();
    return list_cooperative_matrices(adapter, enabled, out.features.cooperative_matrices);
}

Status list_adapters(const std::shared_ptr<const Instance>& instance,
                     std::vector<std::shared_ptr<const AdapterRecord>>& out, std::vector<Finding>& findings) {
    std::vector<VkPhysicalDevice> handles;
    const VkResult r = enumerate(handles, VkPhysicalDevice{}, [&](u32* count, VkPhysicalDevice* data) {
        return instance->vk.EnumeratePhysicalDevices(instance->handle, count, data);
    });
    if (r != VK_SUCCESS) return to_status("vkEnumeratePhysicalDevices", r);
    Status first_failure;
    for (VkPhysicalDevice handle : handles) {
        auto adapter = std::make_shared<AdapterRecord>();
        adapter->instance = instance;
        adapter->handle = handle;
        std::string why;
        Status status = inspect(*adapter, why);
        Finding finding{Finding::Kind::device, adapter->properties.core.properties.deviceName, false, why};
        if (!status.ok()) {
            finding.detail = status.text;
            if (first_failure.ok()) first_failure = std::move(status);
        } else if (why.empty()) {
            finding.usable = true;
            finding.detail = "Vulkan " + version_text(adapter->properties.core.properties.apiVersion) + ", " +
                             adapter->description.driver;
            adapter->description.index = static_cast<u32>(out.size());
            out.push_back(std::move(adapter));
        }
        findings.push_back(std::move(finding));
    }
    return first_failure;
}

}  // namespace alkomp::backend::vulkan
