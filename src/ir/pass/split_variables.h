// SPDX-License-Identifier: MIT OR Apache-2.0
// Splits variables that hold arrays and structures into one for each part.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Where each access says which part it is for; where a few parts are loaded and stored together, these are taken apart.
void split_variables(Module& module);

}  // namespace alkomp::ir
