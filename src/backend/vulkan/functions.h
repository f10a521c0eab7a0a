// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan functions in use, as tables filled at run time, and what becomes of their results.
#pragma once

#include "backend/backend.h"

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES 1
#endif
#include <vulkan/vulkan_core.h>

#include <string>
#include <string_view>

namespace alkomp::backend::vulkan {

// Each list is applied to a macro that takes a name without "vk". A name behind the word OPTIONAL may
// be absent; its user looks first.

#define ALKOMP_VULKAN_GLOBAL(REQUIRED)             \
    REQUIRED(EnumerateInstanceVersion)             \
    REQUIRED(EnumerateInstanceExtensionProperties) \
    REQUIRED(EnumerateInstanceLayerProperties)     \
    REQUIRED(CreateInstance)

#define ALKOMP_VULKAN_INSTANCE(REQUIRED, OPTIONAL)      \
    REQUIRED(DestroyInstance)                           \
    REQUIRED(EnumeratePhysicalDevices)                  \
    REQUIRED(EnumerateDeviceExtensionProperties)        \
    REQUIRED(GetPhysicalDeviceProperties)               \
    REQUIRED(GetPhysicalDeviceProperties2)              \
    REQUIRED(GetPhysicalDeviceFeatures2)                \
    REQUIRED(GetPhysicalDeviceMemoryProperties)         \
    REQUIRED(GetPhysicalDeviceQueueFamilyProperties)    \
    REQUIRED(GetPhysicalDeviceExternalBufferProperties) \
    REQUIRED(CreateDevice)                              \
    REQUIRED(GetDeviceProcAddr)                         \
    OPTIONAL(CreateDebugUtilsMessengerEXT)              \
    OPTIONAL(DestroyDebugUtilsMessengerEXT)             \
    OPTIONAL(SetDebugUtilsObjectNameEXT)                \
    OPTIONAL(GetPhysicalDeviceCalibrateableTimeDomainsEXT)

#define ALKOMP_VULKAN_DEVICE(REQUIRED, OPTIONAL) \
    REQUIRED(DestroyDevice)                      \
    REQUIRED(DeviceWaitIdle)                     \
    REQUIRED(GetDeviceQueue)                     \
    REQUIRED(QueueSubmit)                        \
    REQUIRED(AllocateMemory)                     \
    REQUIRED(FreeMemory)                         \
    REQUIRED(MapMemory)                          \
    REQUIRED(CreateBuffer)                       \
    REQUIRED(DestroyBuffer)                      \
    REQUIRED(GetBufferMemoryRequirements)        \
    REQUIRED(BindBufferMemory)                   \
    REQUIRED(GetBufferDeviceAddress)             \
    REQUIRED(CreateSemaphore)                    \
    REQUIRED(DestroySemaphore)                   \
    REQUIRED(CreateFence)                        \
    REQUIRED(DestroyFence)                       \
    REQUIRED(GetFenceStatus)                     \
    REQUIRED(ResetFences)                        \
    REQUIRED(WaitForFences)                      \
    REQUIRED(CreateShaderModule)                 \
    REQUIRED(DestroyShaderModule)                \
    REQUIRED(CreatePipelineCache)                \
    REQUIRED(DestroyPipelineCache)               \
    REQUIRED(GetPipelineCacheData)               \
    REQUIRED(CreateComputePipelines)             \
    REQUIRED(DestroyPipeline)                    \
    REQUIRED(CreatePipelineLayout)               \
    REQUIRED(DestroyPipelineLayout)              \
    REQUIRED(CreateDescriptorSetLayout)          \
    REQUIRED(DestroyDescriptorSetLayout)         \
    REQUIRED(UpdateDescriptorSets)               \
    REQUIRED(CreateDescriptorPool)               \
    REQUIRED(DestroyDescriptorPool)              \
    REQUIRED(ResetDescriptorPool)                \
    REQUIRED(AllocateDescriptorSets)             \
    REQUIRED(CreateCommandPool)                  \
    REQUIRED(DestroyCommandPool)                 \
    REQUIRED(ResetCommandPool)                   \
    REQUIRED(AllocateCommandBuffers)             \
    REQUIRED(BeginCommandBuffer)                 \
    REQUIRED(EndCommandBuffer)                   \
    REQUIRED(CreateQueryPool)                    \
    REQUIRED(DestroyQueryPool)                   \
    REQUIRED(ResetQueryPool)                     \
    REQUIRED(GetQueryPoolResults)                \
    REQUIRED(CmdCopyQueryPoolResults)            \
    REQUIRED(CmdBindPipeline)                    \
    REQUIRED(CmdBindDescriptorSets)              \
    REQUIRED(CmdPushConstants)                   \
    REQUIRED(CmdDispatch)                        \
    REQUIRED(CmdDispatchIndirect)                \
    REQUIRED(CmdCopyBuffer)                      \
    REQUIRED(CmdFillBuffer)                      \
    REQUIRED(CmdPipelineBarrier)                 \
    REQUIRED(CmdWriteTimestamp)                  \
    OPTIONAL(QueueSubmit2)                       \
    OPTIONAL(CmdPipelineBarrier2)                \
    OPTIONAL(CmdPushDescriptorSetKHR)            \
    OPTIONAL(GetMemoryHostPointerPropertiesEXT)  \
    OPTIONAL(GetCalibratedTimestampsEXT)

#define ALKOMP_VULKAN_MEMBER(name) PFN_vk##name name = nullptr;

struct GlobalFunctions {
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr = nullptr;
    ALKOMP_VULKAN_GLOBAL(ALKOMP_VULKAN_MEMBER)

    /// Returns the name of the first function that the loader lacks, or null.
    [[nodiscard]] const char* fill(PFN_vkGetInstanceProcAddr get);
};

struct CooperativeMatrixProperties;  // VK_KHR_cooperative_matrix is newer than the headers: see newer.h
using GetCooperativeMatrixProperties = VkResult(VKAPI_PTR*)(VkPhysicalDevice, u32*, CooperativeMatrixProperties*);

struct InstanceFunctions {
    ALKOMP_VULKAN_INSTANCE(ALKOMP_VULKAN_MEMBER, ALKOMP_VULKAN_MEMBER)
    GetCooperativeMatrixProperties GetPhysicalDeviceCooperativeMatrixPropertiesKHR = nullptr;

    [[nodiscard]] const char* fill(PFN_vkGetInstanceProcAddr get, VkInstance instance);
};

struct DeviceFunctions {
    ALKOMP_VULKAN_DEVICE(ALKOMP_VULKAN_MEMBER, ALKOMP_VULKAN_MEMBER)

    /// Functions that became core carry a suffix on older devices; both names are tried.
    [[nodiscard]] const char* fill(PFN_vkGetDeviceProcAddr get, VkDevice device);
};

#undef ALKOMP_VULKAN_MEMBER

/// "VK_ERROR_DEVICE_LOST", or the number of a code that the headers do not know.
[[nodiscard]] std::string result_name(VkResult result);

/// The error code that a failed result stands for.
[[nodiscard]] ErrorCode error_code(VkResult result) noexcept;

/// Success for VK_SUCCESS, else "vkName: VK_ERROR_...".
Status to_status(const char* function, VkResult result);

}  // namespace alkomp::backend::vulkan
