// SPDX-License-Identifier: MIT OR Apache-2.0
// Computes what is known, and puts simpler values in the place of what is certain to equal them.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Constant operands, also those that one condition chooses, neutral ones (`x + 0`), parts of what was put together
/// (`extract` of `compose`). Changes no float that a device would compute, but one that is rounded as the module says. What
/// is left over is dead code.
void fold_constants(Module& module);

}  // namespace alkomp::ir
