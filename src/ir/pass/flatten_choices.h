// SPDX-License-Identifier: MIT OR Apache-2.0
// Choices that some invocations make in another way than others, around what wants all of them.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// For devices without subgroups, before `exchange_lanes`, and for those that want proof of barriers. Where an `if` parts the
/// workgroup (as `Uniformity` sees it) and subgroup operations or barriers stand in it, or behind an early `return` in it,
/// all invocations go through both ways: each stores and loads only where it would have come, and gives an operation what
/// changes nothing where it would not have taken part.
/// The kernel stays as it is where that cannot be: another way out of the choice, a loop around the operations in it (which
/// might not end for those who should not be there), choices between pointers.
/// `for_barriers`: subgroup operations alone are no reason.
void flatten_choices(Module& module, bool for_barriers = false);

}  // namespace alkomp::ir
