// SPDX-License-Identifier: MIT OR Apache-2.0
// Turns variables into values: what a variable holds is passed from region to region by parameters and results.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Variables that are only loaded and stored, as a whole or in parts at known places, and lanes of vectors at any place.
/// A construct gets a result for each variable that is written in it, a loop parameters too; those that nobody asks
/// for are dead code.
/// Source: Braun et al., "Simple and Efficient Construction of Static Single Assignment Form", 2013, for structured
/// control, where what a construct writes is known before it is walked.
void promote_variables(Module& module);

}  // namespace alkomp::ir
