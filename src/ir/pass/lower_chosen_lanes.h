// SPDX-License-Identifier: MIT OR Apache-2.0
// Stores to lanes and columns that are chosen at run time become stores at known places.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// In variables of an invocation: a vector is stored as a whole, with the lane changed; each column of a matrix is stored, as
/// it was but for the chosen one.
void lower_chosen_lanes(Module& module);

}  // namespace alkomp::ir
