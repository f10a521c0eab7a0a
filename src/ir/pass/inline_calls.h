// SPDX-License-Identifier: MIT OR Apache-2.0
// Puts functions in the place of their calls where a target cannot call them.
#pragma once

#include "ir/module.h"

#include <functional>
#include <vector>

namespace alkomp::ir {

/// Afterwards pointers into local memory alone are passed, and those to whole variables; functions return none.
/// A function is inlined in all its calls or in none. One that returns early is put into a switch with one case.
void inline_pointer_calls(Module& module);

/// The same for the functions, but the kernel, that hold such an instruction, or call one that does.
void inline_calls(Module& module, const std::function<bool(const Instruction&)>& asked);

}  // namespace alkomp::ir
