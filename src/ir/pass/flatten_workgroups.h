// SPDX-License-Identifier: MIT OR Apache-2.0
// Workgroups of several dimensions become rows, for targets that number the lanes of a subgroup in rows alone.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

/// Where a kernel asks anything of its subgroup. Each invocation keeps its place: as many workgroups are called as before.
/// The workgroup's size is known.
void flatten_workgroups(Module& module);

}  // namespace alkomp::ir
