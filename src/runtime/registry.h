// SPDX-License-Identifier: MIT OR Apache-2.0
// The backends of this build, and their adapters in one stable order.
#pragma once

#include "alkomp/device.h"
#include "backend/backend.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alkomp::detail {

using BackendFactory = std::function<std::shared_ptr<backend::Backend>()>;

/// Adds a backend behind those of the build; the tests add theirs. Returns its name's place.
void register_backend(BackendFactory factory);

/// Every backend of the build, made on first use: making one opens no library.
[[nodiscard]] const std::vector<std::shared_ptr<backend::Backend>>& backends();

/// Finds the device by `name` (empty: ALKOMP_DEVICE, else the best) and opens it. `function` starts messages.
[[nodiscard]] Future<Device> open_device(std::string name, DeviceOptions options, const char* function);

/// True in a child process that was forked after a driver was opened.
[[nodiscard]] bool forked() noexcept;
/// Throws unsupported in such a child.
void check_not_forked(const char* function);

}  // namespace alkomp::detail
