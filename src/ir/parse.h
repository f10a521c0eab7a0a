// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the text form of the IR, which docs/ir.md describes.
#pragma once

#include "ir/module.h"

#include <string_view>

namespace alkomp::ir {

/// Throws compile_failed with file, line, column, the line and a caret. What depends on more than one instruction is
/// left to `verify`. Takes time and memory in proportion to the text.
[[nodiscard]] Module parse(std::string_view text, std::string_view file_name);

}  // namespace alkomp::ir
