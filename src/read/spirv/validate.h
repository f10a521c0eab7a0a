// SPDX-License-Identifier: MIT OR Apache-2.0
// SPIR-V checked by the rules of Vulkan, before a driver gets it.
#pragma once

#include "alkomp/dtype.h"

#include <span>
#include <string>
#include <string_view>

namespace alkomp::read {

/// Throws Error: compile_failed (not valid, with the reason), unsupported (a build without SPIRV-Tools, or SPIR-V that
/// is newer than they are). `name` stands in messages. The words have a header.
void validate(std::span<const u32> words, std::string_view name);

/// What checks, with its version: part of cache keys; empty in a build without.
[[nodiscard]] std::string validator_version();

}  // namespace alkomp::read
