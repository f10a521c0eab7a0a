// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels: modules specialised, optimised and written as programs.
#pragma once

#include "backend/backend.h"
#include "backend/reference/program.h"

#include <memory>

namespace alkomp::backend::reference {

inline constexpr u32 kSubgroupSize = 32;  ///< where nobody asks for one
inline constexpr u32 kMostSubgroup = 64;

/// `check`: what the program is to check; null: nothing.
Status compile(const KernelCode& code, const Interface& interface, const CheckOptions* check,
               std::shared_ptr<const Program>& out);

}  // namespace alkomp::backend::reference
