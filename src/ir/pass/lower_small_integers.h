// SPDX-License-Identifier: MIT OR Apache-2.0
// Integers of 8 and 16 bits become those of 32 that have the same value.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// i8 and i16 become i32, u8 and u16 become u32; results are cut to their width where they may have left it. No memory
/// with a layout holds narrow integers: `lower_memory_layouts` comes before.
/// Throws: unsupported, for specialisation constants of such types.
void lower_small_integers(Module& module);

}  // namespace alkomp::ir
