// SPDX-License-Identifier: MIT OR Apache-2.0
// The rules of op.def in code: which operands an instruction takes and what its results are.
#pragma once

#include "ir/module.h"

#include <array>
#include <span>
#include <string>

namespace alkomp::ir {

/// The types of an instruction's results, or what is wrong with its operands.
struct Outcome {
    std::string error;  ///< empty: it is right
    std::array<TypeId, 2> results{};
    u32 count = 0;
};

/// For all but constructs and terminators, whose types depend on what is around them. `given` is the result's
/// type for the rules `given`, `variable`, `load` and `call`'s; elsewhere it is not looked at.
[[nodiscard]] Outcome apply_rule(Module& module, Op op, std::span<const ValueId> operands,
                                 std::span<const u32> immediates, TypeId given = TypeId::none);

}  // namespace alkomp::ir
