// SPDX-License-Identifier: MIT OR Apache-2.0
// Bodies of kernels as text, before and after a pass.
#pragma once

#include "ir/module.h"

#include <string>

namespace alkomp::testing {

/// A kernel around the body, with buffers %in (only read), %out and %data (of %Record), and a u32 scalar %n.
[[nodiscard]] ir::Module module_of(const std::string& body);
/// The body of the kernel behind the pass, which has to leave a right module.
[[nodiscard]] std::string after(void (*pass)(ir::Module&), const std::string& body);

}  // namespace alkomp::testing
