// SPDX-License-Identifier: MIT OR Apache-2.0
// Computes once what is computed twice.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Pure instructions with the same operands, and loads from memory that the kernel only reads, where the first is
/// visible at the second. The second is left as dead code.
void eliminate_common_subexpressions(Module& module);

}  // namespace alkomp::ir
