// SPDX-License-Identifier: MIT OR Apache-2.0
// What a WebGPU library says of a user's WGSL, in the form of alkomp's own messages.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <string_view>

namespace alkomp::read {

/// "name:line:column: error: sentence", the line and a caret for each error in what the library has `said` of `text`;
/// empty where it tells no place.
[[nodiscard]] std::string describe_wgsl_failure(std::string_view said, std::string_view text, std::string_view name);

}  // namespace alkomp::read
