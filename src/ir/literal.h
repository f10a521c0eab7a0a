// SPDX-License-Identifier: MIT OR Apache-2.0
// How the text form spells scalars, names, strings and words, for both directions.
#pragma once

#include "alkomp/dtype.h"
#include "ir/module.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace alkomp::ir {

inline constexpr std::array<std::pair<std::string_view, Global::Kind>, 5> kGlobalKinds{
    {{"storage", Global::Kind::storage},
     {"uniform", Global::Kind::uniform},
     {"scalar", Global::Kind::scalar},
     {"shared", Global::Kind::shared},
     {"local", Global::Kind::local}}};
inline constexpr std::array<std::pair<std::string_view, Flag>, 4> kFlags{
    {{"precise", kPrecise}, {"inbounds", kInbounds}, {"volatile", kVolatileAccess}, {"nonuniform", kNonuniform}}};
/// Joined by |; "none" stands for no space.
inline constexpr std::array<std::pair<std::string_view, u32>, 2> kSpaces{{{"storage", kStorage}, {"shared", kShared}}};

/// The shortest digits that read back as this number, in every locale: "5", "-2.5", "1e+20", "nan".
[[nodiscard]] std::string shortest_text(f32 number);
[[nodiscard]] std::string shortest_text(f64 number);

/// "5", "-2.5", "true". What has no such spelling, a NaN or bits that are too wide, is given by its bits: "0x7fc00000".
[[nodiscard]] std::string plain_text(Scalar kind, u64 bits);
/// The same with its type, which u32, f32 and bool show by themselves: "5", "i32(5)".
[[nodiscard]] std::string scalar_text(Scalar kind, u64 bits);
/// Null where the text is no value of that kind, or one that does not fit.
[[nodiscard]] std::optional<u64> read_scalar(Scalar kind, std::string_view text);

[[nodiscard]] bool is_bare_name(std::string_view name) noexcept;
[[nodiscard]] std::string in_quotes(std::string_view text);
/// The name itself, or quoted where it is no identifier.
[[nodiscard]] std::string spelled(std::string_view name);
/// Null where the escapes are wrong. Takes the quotes too.
[[nodiscard]] std::optional<std::string> without_quotes(std::string_view lexeme);
/// What `x`, `x.1`, `"x"` and `"x".1` stand for: x. Numbers stand for no name.
[[nodiscard]] std::string name_in(std::string_view lexeme);

struct PlainType {
    Scalar scalar = Scalar::u32;
    u32 lanes = 1;
};
/// "f32", "boolx3".
[[nodiscard]] std::optional<PlainType> read_plain_type(std::string_view text) noexcept;

}  // namespace alkomp::ir
