// SPDX-License-Identifier: MIT OR Apache-2.0
// Takes away accesses to memory whose outcome is known: loads of what was just stored or loaded, and stores that others
// hide.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Within an invocation, up to the next loop, call or barrier: a load of a place that it stored to or loaded from before,
/// as a whole or as a part, becomes that value; a store of what is there already goes, and so does one that another
/// overwrites in the same region before anything reads it. Places are told apart by what they lead into, all buffers
/// as one, by members, and by indices with one base: `i` and `i + 1`. The last 64 places are looked at.
void forward_stores(Module& module);

}  // namespace alkomp::ir
