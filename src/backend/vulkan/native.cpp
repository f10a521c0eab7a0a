// SPDX-License-Identifier: MIT OR Apache-2.0
// Hands the Vulkan objects behind devices and views to programs that use Vulkan themselves.
#include "alkomp/native/vulkan.h"

#include "runtime/device.h"

namespace alkomp::native {
namespace {

detail::DeviceRecord& vulkan_record(const std::shared_ptr<detail::DeviceRecord>& record) {
    constexpr const char* kStart = "native::vulkan: ";
    if (!record)
        throw Error(ErrorCode::invalid_argument, std::string(kStart) + "the device is empty: it was moved from.");
    if (record->owner->name() != "vulkan") {
        throw Error(ErrorCode::invalid_argument, std::string(kStart) + "\"" + record->info.name +
                                                     "\" is a device of the backend " +
                                                     std::string(record->owner->name()) + ", not of vulkan.");
    }
    record->check_usable("native::vulkan");
    return *record;
}

}  // namespace

const VulkanDevice& vulkan(const Device& device) {
    detail::DeviceRecord& record = vulkan_record(device.record());
    const std::lock_guard lock(record.mutex);
    return *static_cast<const VulkanDevice*>(record.backend->native());
}

VulkanBuffer vulkan(const AnyView& view) {
    if (!view)
        throw Error(ErrorCode::invalid_argument,
                    "native::vulkan: the view is empty: it was never set or was moved from.");
    detail::DeviceRecord& record = vulkan_record(view.record()->device);
    VulkanBuffer out;
    const std::lock_guard lock(record.mutex);
    if (const void* native = record.backend->native(view.record()->block.id)) {
        out = *static_cast<const VulkanBuffer*>(native);
        if (out.address) out.address += view.offset_bytes();
    }
    out.offset_bytes = view.offset_bytes();
    out.size_bytes = view.size_bytes();
    return out;
}

}  // namespace alkomp::native
