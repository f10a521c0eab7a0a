// SPDX-License-Identifier: MIT OR Apache-2.0
// What instructions on known numbers and booleans give.
#pragma once

#include "alkomp/dtype.h"
#include "ir/op.h"

#include <array>
#include <optional>
#include <span>

namespace alkomp::ir {

/// The bits of the result, upper ones zero, as ir/module.h defines them; nothing for instructions and types that
/// it does not know. `from` is the scalar of the first operand, of `select` that of the second; `to` of the result.
[[nodiscard]] std::optional<u64> fold(Op op, Scalar from, Scalar to, std::span<const u64> operands);

/// Both results of an instruction that has two, which are of its operands' type.
[[nodiscard]] std::optional<std::array<u64, 2>> fold_pair(Op op, Scalar of, u64 a, u64 b);

/// As `fold`, where the operands or the result are floats: nothing where a NaN or a denormal is computed with.
[[nodiscard]] std::optional<u64> fold_real(Op op, Scalar from, Scalar to, std::span<const u64> operands);

}  // namespace alkomp::ir
