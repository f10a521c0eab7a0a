// SPDX-License-Identifier: MIT OR Apache-2.0
// Hands out the memory behind views.
#include "alkomp/native/reference.h"

#include "runtime/device.h"

namespace alkomp::native {

ReferenceBuffer reference(const AnyView& view) {
    if (!view)
        throw Error(ErrorCode::invalid_argument,
                    "native::reference: the view is empty: it was never set or was moved from.");
    detail::DeviceRecord& record = *view.record()->device;
    if (record.info.backend != "reference") {
        throw Error(ErrorCode::invalid_argument, "native::reference: the device \"" + record.info.name +
                                                     "\" belongs to the backend " + record.info.backend + '.');
    }
    ReferenceBuffer out;
    out.size_bytes = view.size_bytes();
    const std::lock_guard lock(record.mutex);
    if (const void* start = record.backend->native(view.record()->block.id)) {
        out.data = static_cast<std::byte*>(const_cast<void*>(start)) + view.offset_bytes();
        out.address = reinterpret_cast<std::uintptr_t>(out.data);
    }
    return out;
}

}  // namespace alkomp::native
