// SPDX-License-Identifier: MIT OR Apache-2.0
// The physical devices of an instance: which can be used, with which features and queues.
#pragma once

#include "backend/vulkan/features.h"

#include <memory>
#include <vector>

namespace alkomp::backend::vulkan {

/// A queue family that devices use.
struct FamilyUse {
    u32 family = 0;
    u32 count = 0;           ///< queues taken from it
    bool compute = false;    ///< else copies only
    u32 timestamp_bits = 0;  ///< 0: no timestamps on its queues
};

struct AdapterRecord {
    std::shared_ptr<const Instance> instance;
    VkPhysicalDevice handle = VK_NULL_HANDLE;
    Support support;
    FeatureChain features;  ///< all that is supported
    PropertyChain properties;
    VkPhysicalDeviceMemoryProperties memory{};
    std::vector<FamilyUse> families;  ///< the compute family, then perhaps one that only copies
    bool imports_host_memory = false;
    Adapter description;

    [[nodiscard]] const VkPhysicalDeviceLimits& limits() const { return properties.core.properties.limits; }
    [[nodiscard]] bool cpu() const { return properties.core.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU; }
};

/// What every buffer may be used for; addresses where the device has them.
[[nodiscard]] VkBufferUsageFlags buffer_usage(const FeatureChain& enabled);

/// Appends the adapters that alkomp can use to `out`, and every adapter to `findings`. A failing call
/// is returned after the others were listed.
Status list_adapters(const std::shared_ptr<const Instance>& instance,
                     std::vector<std::shared_ptr<const AdapterRecord>>& out, std::vector<Finding>& findings);

}  // namespace alkomp::backend::vulkan
