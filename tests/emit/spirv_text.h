// SPDX-License-Identifier: MIT OR Apache-2.0
// What SPIRV-Tools say of words.
#pragma once

#include "alkomp/dtype.h"

#include <span>
#include <string>

namespace alkomp::testing {

/// As `spirv-dis` prints it, with names and without the header.
[[nodiscard]] std::string disassembled(std::span<const u32> words);

/// Empty if Vulkan takes the words.
[[nodiscard]] std::string validation_error(std::span<const u32> words);

/// The same by newer SPIRV-Tools than those that distributions carry, which run as programs of their own.
[[nodiscard]] bool has_newer_tools();
[[nodiscard]] std::string newer_disassembled(std::span<const u32> words);
[[nodiscard]] std::string newer_validation_error(std::span<const u32> words);

}  // namespace alkomp::testing
