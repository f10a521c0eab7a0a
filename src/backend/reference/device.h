// SPDX-License-Identifier: MIT OR Apache-2.0
// An open reference device: the seam's `Device`, made of memory, programs and a queue.
#pragma once

#include "backend/backend.h"

#include <memory>

namespace alkomp::backend::reference {

[[nodiscard]] std::unique_ptr<backend::Device> open_device(const OpenOptions& options);

}  // namespace alkomp::backend::reference
