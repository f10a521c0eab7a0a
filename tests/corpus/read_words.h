// SPDX-License-Identifier: MIT OR Apache-2.0
// What the SPIR-V reader owes to any words.
#pragma once

#include "alkomp/dtype.h"

#include <span>
#include <string>

namespace alkomp::testing {

/// Empty where the reader refuses the words with an error that says why, or makes a right module: one that the verifier
/// takes, that is the same after it was printed and parsed, and that stays right in the passes.
[[nodiscard]] std::string problem_of_reading(std::span<const u32> words);

}  // namespace alkomp::testing
