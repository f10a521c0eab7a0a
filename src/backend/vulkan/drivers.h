// SPDX-License-Identifier: MIT OR Apache-2.0
// The driver manifests that the Vulkan loader looks for, for `alkomp doctor`.
#pragma once

#include "backend/backend.h"

#include <vector>

namespace alkomp::backend::vulkan {

/// Where manifests are looked for, which there are, and whether the driver behind each can be opened.
[[nodiscard]] std::vector<Finding> find_drivers();

}  // namespace alkomp::backend::vulkan
