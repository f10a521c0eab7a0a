// SPDX-License-Identifier: MIT OR Apache-2.0
// An open WebGPU device: the seam's `Device`, made of memory, pipelines and a queue.
#pragma once

#include "backend/webgpu/submit.h"

#include <memory>

namespace alkomp::backend::webgpu {

/// Opens an adapter. On failure nothing is left behind. Codes: unsupported, out_of_memory, internal.
Status open_device(std::shared_ptr<const AdapterRecord> adapter, const OpenOptions& options,
                   std::unique_ptr<backend::Device>& out);

/// Destroys the devices that were left behind with work in flight and have finished since.
void sweep_left_behind();

}  // namespace alkomp::backend::webgpu
