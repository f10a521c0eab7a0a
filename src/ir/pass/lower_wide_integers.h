// SPDX-License-Identifier: MIT OR Apache-2.0
// Integers of 64 bits become pairs of u32, the lower half first.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// i64 and u64 become u32x2, vectors of them arrays of u32x2. Integers of 8 and 16 bits may be left or not.
/// Throws: unsupported, for specialisation constants of 64 bits, for f64, for atomics (those that halves can do
/// `lower_memory_layouts` takes apart), and for arithmetic of a subgroup.
void lower_wide_integers(Module& module);

}  // namespace alkomp::ir
