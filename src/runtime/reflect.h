// SPDX-License-Identifier: MIT OR Apache-2.0
// What a module asks of its caller and of its device.
#pragma once

#include "backend/backend.h"
#include "backend/interface.h"
#include "ir/module.h"

#include <span>
#include <string_view>

namespace alkomp::detail {

/// What a module asks of its caller, its sizes with these constants; all but the requirements, which its words declare.
[[nodiscard]] Interface interface_of(const ir::Module& module,
                                     std::span<const backend::SpecializationValue> constants = {});

/// Validates the words and describes one entry point, its sizes with these constants. `name` stands in messages.
/// Throws what `read::validate` and `read::read_declarations` throw.
[[nodiscard]] Interface reflect(std::span<const u32> words, std::string_view entry, std::string_view name,
                                std::span<const backend::SpecializationValue> constants = {});

}  // namespace alkomp::detail
