// SPDX-License-Identifier: MIT OR Apache-2.0
// Expressions of WGSL as text, with the parentheses that its grammar wants.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <string_view>

namespace alkomp::emit::wg {

/// What an expression is at its top. Each binary operator takes only some kinds without parentheses: WGSL has no
/// order between `&&` and `||`, nor between the operators on bits and any other.
enum class Level : u8 {
    and_then,  ///< a && b
    or_else,   ///< a || b
    bit_and,
    bit_or,
    bit_xor,
    relational,
    shift,
    additive,
    multiplicative,
    unary,
    primary,  ///< names, literals, calls, places
};

struct Text {
    std::string text;
    Level level = Level::primary;
    bool reads = false;    ///< memory, or a variable that may change
    bool literal = false;  ///< a constant expression to WGSL, which refuses many of them
};

/// "a + b", with parentheses where the operator needs them.
[[nodiscard]] Text binary(const Text& left, std::string_view symbol, const Text& right);
/// "-a", "!a", "~a".
[[nodiscard]] Text unary(std::string_view symbol, const Text& operand);
/// What may stand in front of ".x", "[i]" or behind a unary operator.
[[nodiscard]] std::string operand_of_postfix(const Text& text);
/// "f(a, b)" of arguments that are already text: one with `<` in it might be read as a list of types with a later `>`.
[[nodiscard]] std::string argument(const Text& text);

/// Whether `name` stands in the text as a word of its own.
[[nodiscard]] bool mentions(std::string_view text, std::string_view name);

}  // namespace alkomp::emit::wg
