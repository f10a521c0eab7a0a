// SPDX-License-Identifier: MIT OR Apache-2.0
// Calls with more workgroups along a dimension than the device takes.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// In all; they are counted in 32 bits, and the last row of a grid need not be full.
inline constexpr u32 kMostFoldedGroups = 0xfffc0000;

/// The workgroups stand in a grid of other counts, at least as many in all, row behind row; the true counts are three
/// u32 among the scalars, from `offset_bytes` on. Their product is at most `kMostFoldedGroups`. Workgroups beyond
/// the true ones return at once.
void fold_workgroups(Module& module, u32 offset_bytes);

}  // namespace alkomp::ir
