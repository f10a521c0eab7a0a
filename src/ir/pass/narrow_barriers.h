// SPDX-License-Identifier: MIT OR Apache-2.0
// Barriers order no buffers where no two accesses to them lie on both sides.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// A barrier orders accesses that come before it with those that come after it. Where on one side no buffer is accessed
/// that the kernel may write, `storage` goes from its spaces: drivers wait there for what is still under way. A loop
/// brings what is in it to both sides. Barriers outside the kernel's own function stay as they are.
void narrow_barriers(Module& module);

}  // namespace alkomp::ir
