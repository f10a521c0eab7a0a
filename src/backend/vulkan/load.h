// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes the Vulkan backend.
#pragma once

#include "backend/backend.h"

#include <memory>

namespace alkomp::backend {

/// Opens nothing yet: the loader is looked for at the first `adapters` or `diagnose`. Environment:
/// ALKOMP_VULKAN_LIBRARY (the loader's path; then no other is tried), ALKOMP_VULKAN_VALIDATION=1
/// (the validation layer with synchronization validation; its messages go to the log).
[[nodiscard]] std::shared_ptr<Backend> make_vulkan();

}  // namespace alkomp::backend
