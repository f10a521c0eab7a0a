// SPDX-License-Identifier: MIT OR Apache-2.0
// Fills the function tables, and turns results into names, codes and sentences.
#include "backend/vulkan/functions.h"

namespace alkomp::backend::vulkan {

#define ALKOMP_VULKAN_REQUIRED(name)                               \
    this->name = reinterpret_cast<PFN_vk##name>(load("vk" #name)); \
    if (!this->name) return "vk" #name;
#define ALKOMP_VULKAN_OPTIONAL(name) this->name = reinterpret_cast<PFN_vk##name>(load("vk" #name));

const char* GlobalFunctions::fill(PFN_vkGetInstanceProcAddr get) {
    GetInstanceProcAddr = get;
    const auto load = [&](const char* name) { return get(nullptr, name); };
    ALKOMP_VULKAN_GLOBAL(ALKOMP_VULKAN_REQUIRED)
    return nullptr;
}

const char* InstanceFunctions::fill(PFN_vkGetInstanceProcAddr get, VkInstance instance) {
    const auto load = [&](const char* name) { return get(instance, name); };
    ALKOMP_VULKAN_INSTANCE(ALKOMP_VULKAN_REQUIRED, ALKOMP_VULKAN_OPTIONAL)
    GetPhysicalDeviceCooperativeMatrixPropertiesKHR =
        reinterpret_cast<GetCooperativeMatrixProperties>(load("vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
    if (!GetPhysicalDeviceCalibrateableTimeDomainsEXT) {
        GetPhysicalDeviceCalibrateableTimeDomainsEXT =
            reinterpret_cast<PFN_vkGetPhysicalDeviceCalibrateableTimeDomainsEXT>(
                load("vkGetPhysicalDeviceCalibrateableTimeDomainsKHR"));
    }
    return nullptr;
}

const char* DeviceFunctions::fill(PFN_vkGetDeviceProcAddr get, VkDevice device) {
    const auto load = [&](const char* name) { return get(device, name); };
    ALKOMP_VULKAN_DEVICE(ALKOMP_VULKAN_REQUIRED, ALKOMP_VULKAN_OPTIONAL)
    if (!QueueSubmit2) QueueSubmit2 = reinterpret_cast<PFN_vkQueueSubmit2>(load("vkQueueSubmit2KHR"));
    if (!CmdPipelineBarrier2) {
        CmdPipelineBarrier2 = reinterpret_cast<PFN_vkCmdPipelineBarrier2>(load("vkCmdPipelineBarrier2KHR"));
    }
    if (!GetCalibratedTimestampsEXT) {
        GetCalibratedTimestampsEXT =
            reinterpret_cast<PFN_vkGetCalibratedTimestampsEXT>(load("vkGetCalibratedTimestampsKHR"));
    }
    return nullptr;
}

#undef ALKOMP_VULKAN_REQUIRED
#undef ALKOMP_VULKAN_OPTIONAL

std::string result_name(VkResult result) {
#define ALKOMP_VULKAN_RESULT(name) \
    case name:                     \
        return #name;
    switch (static_cast<int>(result)) {
        ALKOMP_VULKAN_RESULT(VK_SUCCESS)
        ALKOMP_VULKAN_RESULT(VK_NOT_READY)
        ALKOMP_VULKAN_RESULT(VK_TIMEOUT)
        ALKOMP_VULKAN_RESULT(VK_INCOMPLETE)
        ALKOMP_VULKAN_RESULT(VK_ERROR_OUT_OF_HOST_MEMORY)
        ALKOMP_VULKAN_RESULT(VK_ERROR_OUT_OF_DEVICE_MEMORY)
        ALKOMP_VULKAN_RESULT(VK_ERROR_INITIALIZATION_FAILED)
        ALKOMP_VULKAN_RESULT(VK_ERROR_DEVICE_LOST)
        ALKOMP_VULKAN_RESULT(VK_ERROR_MEMORY_MAP_FAILED)
        ALKOMP_VULKAN_RESULT(VK_ERROR_LAYER_NOT_PRESENT)
        ALKOMP_VULKAN_RESULT(VK_ERROR_EXTENSION_NOT_PRESENT)
        ALKOMP_VULKAN_RESULT(VK_ERROR_FEATURE_NOT_PRESENT)
        ALKOMP_VULKAN_RESULT(VK_ERROR_INCOMPATIBLE_DRIVER)
        ALKOMP_VULKAN_RESULT(VK_ERROR_TOO_MANY_OBJECTS)
        ALKOMP_VULKAN_RESULT(VK_ERROR_FORMAT_NOT_SUPPORTED)
        ALKOMP_VULKAN_RESULT(VK_ERROR_FRAGMENTED_POOL)
        ALKOMP_VULKAN_RESULT(VK_ERROR_UNKNOWN)
        ALKOMP_VULKAN_RESULT(VK_ERROR_OUT_OF_POOL_MEMORY)
        ALKOMP_VULKAN_RESULT(VK_ERROR_INVALID_EXTERNAL_HANDLE)
        ALKOMP_VULKAN_RESULT(VK_ERROR_FRAGMENTATION)
        ALKOMP_VULKAN_RESULT(VK_ERROR_INVALID_OPAQUE_CAPTURE_ADDRESS)
        ALKOMP_VULKAN_RESULT(VK_PIPELINE_COMPILE_REQUIRED)
        ALKOMP_VULKAN_RESULT(VK_ERROR_VALIDATION_FAILED_EXT)
        ALKOMP_VULKAN_RESULT(VK_ERROR_INVALID_SHADER_NV)
        ALKOMP_VULKAN_RESULT(VK_ERROR_NOT_PERMITTED_KHR)
        default:
            return "VkResult " + std::to_string(static_cast<int>(result));
    }
#undef ALKOMP_VULKAN_RESULT
}

ErrorCode error_code(VkResult result) noexcept {
    switch (result) {
        case VK_ERROR_OUT_OF_HOST_MEMORY:
        case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        case VK_ERROR_MEMORY_MAP_FAILED:
        case VK_ERROR_TOO_MANY_OBJECTS:
        case VK_ERROR_FRAGMENTED_POOL:
        case VK_ERROR_OUT_OF_POOL_MEMORY:
        case VK_ERROR_FRAGMENTATION:
            return ErrorCode::out_of_memory;
        case VK_ERROR_DEVICE_LOST:
            return ErrorCode::device_lost;
        case VK_ERROR_LAYER_NOT_PRESENT:
        case VK_ERROR_EXTENSION_NOT_PRESENT:
        case VK_ERROR_FEATURE_NOT_PRESENT:
        case VK_ERROR_INCOMPATIBLE_DRIVER:
        case VK_ERROR_FORMAT_NOT_SUPPORTED:
        case VK_ERROR_INVALID_EXTERNAL_HANDLE:
            return ErrorCode::unsupported;
        case VK_ERROR_INVALID_SHADER_NV:
        case VK_PIPELINE_COMPILE_REQUIRED:
            return ErrorCode::compile_failed;
        default:
            return ErrorCode::internal;
    }
}

Status to_status(const char* function, VkResult result) {
    if (result == VK_SUCCESS) return {};
    return Status::failure(error_code(result), std::string(function) + ": " + result_name(result));
}

}  // namespace alkomp::backend::vulkan
