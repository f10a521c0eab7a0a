// SPDX-License-Identifier: MIT OR Apache-2.0
// Combinations of a subgroup that a device lacks become exchanges between its lanes.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Scans other than sums and products, all of booleans, and what is reduced in clusters; with `wide` also arithmetic of
/// 64 bits. Each lane that takes part asks the one before it, then the one before that ..., twice as far each time.
void lower_combinations(Module& module, bool wide);

}  // namespace alkomp::ir
