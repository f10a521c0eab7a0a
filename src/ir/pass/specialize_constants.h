// SPDX-License-Identifier: MIT OR Apache-2.0
// Specialisation constants become constants like any, for what knows them before it makes code.
#pragma once

#include "ir/evaluate.h"
#include "ir/module.h"

namespace alkomp::ir {

/// Those that are set get these values, the others their defaults. Whether there were any: then folding pays.
bool specialize_constants(Module& module, const Specialization& values);

/// Constants that are computed, behind that, become numbers where they are whole and known, else instructions of the
/// functions that use them; lengths of arrays and the workgroup's size that vary stay as they are. For emitters that
/// have no such constants.
void compute_constants(Module& module);

}  // namespace alkomp::ir
