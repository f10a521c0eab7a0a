// SPDX-License-Identifier: MIT OR Apache-2.0
// What lanes combine: by which instruction, and what changes nothing.
#pragma once

#include "ir/module.h"

namespace alkomp::ir {

[[nodiscard]] Op op_of(Combine how);
/// The bits of a scalar that leaves every other as it is.
[[nodiscard]] u64 identity_of(Combine how, Scalar scalar);

}  // namespace alkomp::ir
