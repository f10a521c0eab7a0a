// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of f16 become those of f32, rounded to f16 wherever they may have left it.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// No memory with a layout holds f16: `lower_memory_layouts` comes before. Bits of f16 are packed and unpacked.
/// Throws: unsupported, for specialisation constants of f16.
void lower_f16(Module& module);

}  // namespace alkomp::ir
