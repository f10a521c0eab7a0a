// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether host data has the layout that a kernel expects, and scalars converted where they fit.
#pragma once

#include "alkomp/kernel.h"
#include "backend/interface.h"

#include <span>
#include <string>

namespace alkomp::detail {

/// Empty when `size_bytes` of elements of `given` may be bound there; else what is wanted, as the
/// second half of a sentence.
[[nodiscard]] std::string mismatch(const BindingInfo& binding, const DType& given, u64 size_bytes);

/// Writes a scalar, vector, matrix or struct into its place of the push constants. Integers convert
/// where the value fits, integers to floats where they are exact, f64 to f32 and f16 by rounding.
/// Empty on success; else what was given and what is wanted.
[[nodiscard]] std::string convert_scalar(const ScalarInfo& info, const Argument& argument, std::span<std::byte> place);

}  // namespace alkomp::detail
