// SPDX-License-Identifier: MIT OR Apache-2.0
// Drops instructions, constructs, block parameters and results that nothing asks for.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// What stays: effects, what they depend on, and the control that leads to them. A loop without effects stays where nothing
/// leaves it, and where it reads what others may write or the clock, since one may wait so. A write to memory of the invocation alone is
/// an effect only where that memory is read or its address is passed on.
void remove_dead_code(Module& module);

}  // namespace alkomp::ir
