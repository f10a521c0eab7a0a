// SPDX-License-Identifier: MIT OR Apache-2.0
// Takes choices out that are none, and what control never comes to.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// A loop that nobody goes round, that its first round ends, or the second as it begins, becomes an `if` where it has no
/// barriers, subgroups and calls; so does a `switch` of which one case is reached, and others lose the cases that are not, or
/// join them to the one that alone leads there. An `if` or `switch` whose way is known becomes that way, and what an `if` asks
/// is known in its arms; one that only chooses between values becomes `select`; what follows a construct that nobody leaves
/// goes; a parameter or result that always is one value becomes that value.
void simplify_control(Module& module);

}  // namespace alkomp::ir
