// SPDX-License-Identifier: MIT OR Apache-2.0
// The WebGPU objects behind a device and its buffers, for programs that use WebGPU themselves.
#pragma once

#include "alkomp/device.h"

#include <webgpu.h>

#include <string>

namespace alkomp::native {

/// Valid while the `Device` lives. Their functions are those of the library at `library`, and of no other.
struct WebGpuDevice {
    WGPUInstance instance = nullptr;
    WGPUAdapter adapter = nullptr;
    WGPUDevice device = nullptr;
    WGPUQueue queue = nullptr;
    std::string library;  ///< the path that alkomp opened
};

/// Valid while the view's buffer lives.
struct WebGpuBuffer {
    WGPUBuffer buffer = nullptr;  ///< null for a buffer of no bytes
    u64 offset_bytes = 0;         ///< of the view, within `buffer`
    u64 size_bytes = 0;           ///< of the view
};

/// Throws: invalid_argument when the device is not one of the WebGPU backends.
[[nodiscard]] const WebGpuDevice& webgpu(const Device& device);

/// Work that alkomp has recorded on the buffer is not waited for. Throws as above.
[[nodiscard]] WebGpuBuffer webgpu(const AnyView& view);

}  // namespace alkomp::native
