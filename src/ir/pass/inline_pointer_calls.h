// SPDX-License-Identifier: MIT OR Apache-2.0
// Puts functions in the place of their calls where pointers would be passed that a target cannot pass.
#pragma once

#include "ir/module.h"

#include <vector>

namespace alkomp::ir {

/// Afterwards pointers into local memory alone are passed, and those to whole variables; functions return none.
/// A function is inlined in all its calls or in none. One that returns early is put into a switch with one case.
void inline_pointer_calls(Module& module);

/// The same for these functions, by place in Module::functions.
void inline_calls(Module& module, std::vector<bool> inlined);

}  // namespace alkomp::ir
