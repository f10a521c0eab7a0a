// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes the WebGPU backends: one for each kind of library, of one code.
#pragma once

#include "backend/backend.h"

#include <memory>
#include <string_view>

namespace alkomp::backend {

/// `name` is "wgpu" (wgpu-native) or "dawn". Opens nothing yet: libraries are looked for at the first `adapters` or
/// `diagnose`. Environment: ALKOMP_WEBGPU_LIBRARY (paths of libraries, with ':' between, on Windows ';'; then no others
/// are tried), ALKOMP_WEBGPU_FALLBACK (likewise; tried when the usual names find nothing).
[[nodiscard]] std::shared_ptr<Backend> make_webgpu(std::string_view name);

}  // namespace alkomp::backend
