// SPDX-License-Identifier: MIT OR Apache-2.0
// An open Vulkan device: the seam's `Device`, made of memory, pipelines and queues.
#pragma once

#include "backend/vulkan/submit.h"

#include <memory>

namespace alkomp::backend::vulkan {

/// Opens an adapter. On failure nothing is left behind.
/// Codes: those of vkCreateDevice and of making semaphores and command buffers.
Status open_device(std::shared_ptr<const AdapterRecord> adapter, const OpenOptions& options,
                   std::unique_ptr<backend::Device>& out);

/// Destroys the devices that were left behind with work in flight and have finished since.
void sweep_left_behind();

}  // namespace alkomp::backend::vulkan
