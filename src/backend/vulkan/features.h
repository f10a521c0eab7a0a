// SPDX-License-Identifier: MIT OR Apache-2.0
// The feature and property structs that alkomp asks a driver for, and what they mean as Capabilities.
#pragma once

#include "backend/vulkan/instance.h"
#include "backend/vulkan/newer.h"

#include <string_view>
#include <vector>

namespace alkomp::backend::vulkan {

/// What decides whether a struct may be handed to a driver.
struct Support {
    u32 version = 0;                                ///< the lower one of instance and device
    u32 layer_version = ~0u;                        ///< a validation layer refuses structs newer than itself
    std::vector<VkExtensionProperties> extensions;  ///< of the device

    [[nodiscard]] bool extension(std::string_view name) const;
    [[nodiscard]] bool core(u32 since) const noexcept { return version >= since; }
};

/// All feature structs that alkomp uses. Those that the device knows hang on `core`.
struct FeatureChain {
    VkPhysicalDeviceFeatures2 core{};
    VkPhysicalDeviceVulkan11Features v11{};
    VkPhysicalDeviceVulkan12Features v12{};
    VkPhysicalDeviceSynchronization2Features synchronization2{};
    VkPhysicalDeviceMaintenance4Features maintenance4{};
    VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_size{};
    VkPhysicalDeviceShaderIntegerDotProductFeatures integer_dot{};
    VkPhysicalDeviceZeroInitializeWorkgroupMemoryFeatures zero_workgroup{};
    VkPhysicalDeviceRobustness2FeaturesEXT robustness2{};
    VkPhysicalDevicePipelineRobustnessFeaturesEXT pipeline_robustness{};
    VkPhysicalDeviceShaderAtomicFloatFeaturesEXT atomic_float{};
    VkPhysicalDeviceShaderAtomicFloat2FeaturesEXT atomic_float2{};
    VkPhysicalDeviceShaderClockFeaturesKHR clock{};
    VkPhysicalDeviceWorkgroupMemoryExplicitLayoutFeaturesKHR workgroup_layout{};
    VkPhysicalDeviceShaderSubgroupUniformControlFlowFeaturesKHR uniform_control_flow{};
    CooperativeMatrixFeatures cooperative;
    Bfloat16Features bfloat16;
    SubgroupRotateFeatures rotate;
    MaximalReconvergenceFeatures reconvergence;
    FloatControls2Features float_controls2;
    ExpectAssumeFeatures expect_assume;

    FeatureChain();
    FeatureChain(const FeatureChain&) = delete;  // the structs point at each other
    FeatureChain& operator=(const FeatureChain&) = delete;

    /// Hangs every struct that `support` allows on `core`.
    void link(const Support& support);
    /// Takes from `supported` what alkomp uses; `robust` decides about buffer robustness.
    void select(const FeatureChain& supported, bool robust);
    /// Adds the extensions behind the linked structs.
    void add_extensions(const Support& support, std::vector<const char*>& out);

private:
    struct Entry {
        void* structure;
        u32 core_since;   ///< 0: from an extension only
        u32 known_since;  ///< version of the headers that first had it
        const char* names[2];
    };
    std::vector<Entry> entries();
};

struct PropertyChain {
    VkPhysicalDeviceProperties2 core{};
    VkPhysicalDeviceVulkan11Properties v11{};
    VkPhysicalDeviceVulkan12Properties v12{};
    VkPhysicalDeviceMaintenance4Properties maintenance4{};
    VkPhysicalDeviceSubgroupSizeControlProperties subgroup_size{};
    VkPhysicalDeviceShaderIntegerDotProductProperties integer_dot{};
    VkPhysicalDevicePushDescriptorPropertiesKHR push_descriptor{};
    VkPhysicalDeviceExternalMemoryHostPropertiesEXT host_memory{};
    VkPhysicalDeviceShaderSMBuiltinsPropertiesNV sm_nv{};
    VkPhysicalDeviceShaderCoreProperties2AMD cores_amd{};
    VkPhysicalDeviceShaderCoreBuiltinsPropertiesARM cores_arm{};
    CooperativeMatrixStages cooperative;

    PropertyChain();
    PropertyChain(const PropertyChain&) = delete;
    PropertyChain& operator=(const PropertyChain&) = delete;
    void link(const Support& support);
};

struct AdapterRecord;

/// What a device with these features enabled can do.
Status describe_capabilities(const AdapterRecord& adapter, const FeatureChain& enabled, Capabilities& out);

}  // namespace alkomp::backend::vulkan
