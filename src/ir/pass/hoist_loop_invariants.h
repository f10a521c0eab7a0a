// SPDX-License-Identifier: MIT OR Apache-2.0
// Computes before a loop what is the same each time round.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Pure instructions and loads of scalars that stand in a region of a loop itself, not in a choice within. They cannot
/// fail, so it does no harm if the loop is left before it comes to them.
void hoist_loop_invariants(Module& module);

}  // namespace alkomp::ir
