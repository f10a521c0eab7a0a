// SPDX-License-Identifier: MIT OR Apache-2.0
// An open WebGPU device: the seam's `Device`, made of memory, pipelines and a queue.
#pragma once

#include "backend/webgpu/submit.h"

#include <memory>

namespace alkomp::backend::webgpu {

/// A device that is being opened. On failure nothing is left behind. Codes: unsupported, out_of_memory, internal.
class Opening {
public:
    Opening(std::shared_ptr<const AdapterRecord> adapter, const OpenOptions& options);
    ~Opening();
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;
    /// False: the library has not answered yet. To be called until it has.
    bool step(Status& status, std::unique_ptr<backend::Device>& out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Destroys the devices that were left behind with work in flight and have finished since.
void sweep_left_behind();

}  // namespace alkomp::backend::webgpu
