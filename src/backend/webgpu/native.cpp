// SPDX-License-Identifier: MIT OR Apache-2.0
// Hands the WebGPU objects behind devices and views to programs that use WebGPU themselves.
#include "alkomp/native/webgpu.h"

#include "runtime/device.h"

namespace alkomp::native {
namespace {

detail::DeviceRecord& webgpu_record(const std::shared_ptr<detail::DeviceRecord>& record) {
    constexpr const char* kStart = "native::webgpu: ";
    if (!record)
        throw Error(ErrorCode::invalid_argument, std::string(kStart) + "the device is empty: it was moved from.");
    if (const std::string_view name = record->owner->name(); name != "wgpu" && name != "dawn" && name != "webgpu") {
        throw Error(ErrorCode::invalid_argument, std::string(kStart) + "\"" + record->info.name +
                                                     "\" is a device of the backend " + std::string(name) +
                                                     ", not of wgpu or dawn.");
    }
    record->check_usable("native::webgpu");
    return *record;
}

}  // namespace

const WebGpuDevice& webgpu(const Device& device) {
    detail::DeviceRecord& record = webgpu_record(device.record());
    const std::lock_guard lock(record.mutex);
    return *static_cast<const WebGpuDevice*>(record.backend->native());
}

WebGpuBuffer webgpu(const AnyView& view) {
    if (!view)
        throw Error(ErrorCode::invalid_argument,
                    "native::webgpu: the view is empty: it was never set or was moved from.");
    detail::DeviceRecord& record = webgpu_record(view.record()->device);
    WebGpuBuffer out;
    const std::lock_guard lock(record.mutex);
    if (const void* native = record.backend->native(view.record()->block.id))
        out = *static_cast<const WebGpuBuffer*>(native);
    out.offset_bytes = view.offset_bytes();
    out.size_bytes = view.size_bytes();
    return out;
}

}  // namespace alkomp::native
