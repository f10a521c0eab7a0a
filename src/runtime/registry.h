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

/// Adapters of one backend. Waits at most `limit`.
[[nodiscard]] std::vector<backend::Adapter> adapters(backend::Backend& backend, std::chrono::nanoseconds limit);

/// True in a child process that was forked after a driver was opened.
[[nodiscard]] bool forked() noexcept;

}  // namespace alkomp::detail
