// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan objects behind a device and its buffers, for programs that use Vulkan themselves.
#pragma once

#include "alkomp/device.h"

#include <vulkan/vulkan_core.h>

#include <vector>

namespace alkomp::native {

struct VulkanQueue {
    VkQueue queue = VK_NULL_HANDLE;
    u32 family = 0;
    u32 index = 0;         ///< within the family
    bool compute = false;  ///< else copies only
};

/// Valid while the `Device` lives. alkomp submits to these queues from whichever thread calls it: take
/// a queue of your own, or see that no other thread is inside alkomp while you use one of these.
struct VulkanDevice {
    VkInstance instance = VK_NULL_HANDLE;
    VkPhysicalDevice physical_device = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    u32 api_version = 0;              ///< usable: the lower one of loader and driver
    std::vector<VulkanQueue> queues;  ///< the queues that alkomp uses
    PFN_vkGetInstanceProcAddr get_instance_proc_addr = nullptr;
    PFN_vkGetDeviceProcAddr get_device_proc_addr = nullptr;
};

/// Valid while the view's buffer lives. Memory belongs to alkomp and is shared with other buffers.
struct VulkanBuffer {
    VkBuffer buffer = VK_NULL_HANDLE;  ///< null for a buffer of no bytes
    VkDeviceSize offset_bytes = 0;     ///< of the view, within `buffer`
    VkDeviceSize size_bytes = 0;       ///< of the view
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkDeviceSize memory_offset_bytes = 0;  ///< of the start of `buffer`, within `memory`
    VkDeviceAddress address = 0;           ///< of the view's first byte; 0 without Features::buffer_address
    VkBufferUsageFlags usage = 0;
};

/// Throws: invalid_argument when the device is not one of the Vulkan backend.
[[nodiscard]] const VulkanDevice& vulkan(const Device& device);

/// Work that alkomp has recorded on the buffer is not waited for. Throws as above.
[[nodiscard]] VulkanBuffer vulkan(const AnyView& view);

}  // namespace alkomp::native
