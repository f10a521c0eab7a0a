// SPDX-License-Identifier: MIT OR Apache-2.0
// What pure instructions compute, by the rules of ir/module.h, one scalar after the other.
#pragma once

#include "ir/module.h"

#include <array>
#include <span>
#include <vector>

namespace alkomp::testing {

/// The scalars of a value in order, each as its bits with zeros above them. A pointer is two of them: what it leads
/// into, then the place in it.
using Scalars = std::vector<u64>;

/// How many scalars a value has.
[[nodiscard]] u64 scalar_count(const ir::Module& module, ir::TypeId type);
/// The type of a part, and how many scalars come before it.
[[nodiscard]] ir::TypeId part_type(const ir::Module& module, ir::TypeId whole, u64 index);
[[nodiscard]] u64 part_place(const ir::Module& module, ir::TypeId whole, u64 index);
[[nodiscard]] u64 part_offset_bytes(const ir::Module& module, ir::TypeId whole, u64 index);
[[nodiscard]] u64 length_of(const ir::Module& module, const ir::Type& array);

/// A scalar of a value in memory, and where: a byte where memory has a layout (`is_laid`), else a scalar.
struct Leaf {
    Scalar scalar = Scalar::u32;
    u64 place = 0;
};
[[nodiscard]] std::vector<Leaf> leaves(const ir::Module& module, ir::TypeId type, u64 place, bool is_laid);

[[nodiscard]] i64 as_signed(u64 bits, u32 width);
[[nodiscard]] double as_double(Scalar scalar, u64 bits);
/// Rounded to nearest even.
[[nodiscard]] u64 from_double(Scalar scalar, double value);

struct PureOperand {
    ir::TypeId type = ir::TypeId::none;
    Scalars value{};
};

/// The results of a pure instruction that is no pointer and asks nothing of where it runs. Throws std::runtime_error
/// for those whose result is not exact.
[[nodiscard]] std::array<Scalars, 2> evaluate_pure(const ir::Module& module, ir::Op op,
                                                   std::span<const PureOperand> operands,
                                                   std::span<const u32> immediates, ir::TypeId result);

}  // namespace alkomp::testing
