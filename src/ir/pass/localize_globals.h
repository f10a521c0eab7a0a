// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory of an invocation that is declared for all functions, and that the kernel alone uses, becomes a variable in it.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// What no function uses is taken out.
void localize_globals(Module& module);

}  // namespace alkomp::ir
