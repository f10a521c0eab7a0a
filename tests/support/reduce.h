// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes a module that shows a fault smaller.
#pragma once

#include "ir/module.h"

#include <functional>

namespace alkomp::testing {

/// Drops instructions and constructs, and puts constants and operands in the place of values, as long as the module is
/// right and still fails. Asks at most `most_attempts` times.
[[nodiscard]] ir::Module reduced(const ir::Module& module, const std::function<bool(const ir::Module&)>& still_fails,
                                 u32 most_attempts = 2000);

}  // namespace alkomp::testing
