// SPDX-License-Identifier: MIT OR Apache-2.0
// A kernel returns at its end alone.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// A return from within constructs leaves one that is around the kernel's body. A kernel with barriers stays as it is, since
/// what comes behind such a construct is reached by all, and one with more than 12 such returns, each of which nests the
/// rest of the text.
void lower_returns(Module& module);

}  // namespace alkomp::ir
