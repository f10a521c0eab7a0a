// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory behind the buffers of a reference device.
#pragma once

#include "alkomp/device.h"

namespace alkomp::native {

/// Valid while the view's buffer lives. Work that alkomp has recorded on it is not waited for.
struct ReferenceBuffer {
    void* data = nullptr;  ///< of the view; null for a buffer of no bytes
    u64 size_bytes = 0;
    u64 address = 0;  ///< the same, as kernels take it
};

/// Throws: invalid_argument when the device is not a reference device.
[[nodiscard]] ReferenceBuffer reference(const AnyView& view);

}  // namespace alkomp::native
