// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan loader, opened at run time, and the instance made from it.
#pragma once

#include "backend/vulkan/functions.h"

#include <memory>
#include <string>
#include <vector>

namespace alkomp::backend::vulkan {

/// The loader. Never closed: drivers leave threads and exit handlers behind that need their code.
struct Library {
    std::string path;
    GlobalFunctions vk;
};

/// Opens ALKOMP_VULKAN_LIBRARY if that is set, else the platform's loader. Adds what it tried to
/// `findings`; null when nothing could be used.
[[nodiscard]] std::shared_ptr<const Library> open_library(std::vector<Finding>& findings);

/// True when ALKOMP_VULKAN_VALIDATION asks for the validation layer.
[[nodiscard]] bool validation_wanted();

/// What of the environment decides which drivers and layers an instance finds.
[[nodiscard]] std::string driver_environment();

/// A VkInstance. Devices share it, so that it goes last.
struct Instance {
    std::shared_ptr<const Library> library;
    InstanceFunctions vk;
    VkInstance handle = VK_NULL_HANDLE;
    u32 version = 0;          ///< asked for: the loader's own
    u32 layer_version = ~0u;  ///< newest structs that an active validation layer knows
    VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;

    Instance() = default;
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();

    /// True when object names are of use to someone.
    [[nodiscard]] bool names() const noexcept { return messenger != VK_NULL_HANDLE && vk.SetDebugUtilsObjectNameEXT; }
};

/// Makes an instance with every adapter visible. Adds to `findings` what a user should know of layers.
/// Code unsupported: there is no driver, or the loader is too old; all else is a failure.
Status create_instance(std::shared_ptr<const Library> library, std::shared_ptr<Instance>& out,
                       std::vector<Finding>& findings);

/// Calls a Vulkan enumeration until its list is whole.
template <class T, class F>
VkResult enumerate(std::vector<T>& out, const T& blank, F&& call) {
    VkResult result = VK_INCOMPLETE;
    while (result == VK_INCOMPLETE) {
        u32 count = 0;
        result = call(&count, nullptr);
        if (result != VK_SUCCESS && result != VK_INCOMPLETE) return result;
        out.assign(count, blank);
        result = count == 0 ? VK_SUCCESS : call(&count, out.data());
        out.resize(result == VK_SUCCESS ? count : 0, blank);
    }
    return result;
}

}  // namespace alkomp::backend::vulkan
