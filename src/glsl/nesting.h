// SPDX-License-Identifier: MIT OR Apache-2.0
// How deep the syntax tree of a text will be: glslang walks it recursively and would overflow the stack.
#pragma once

#include "alkomp/dtype.h"

#include <optional>
#include <string_view>

namespace alkomp::glsl_front {

/// Operators in one expression plus four for each open bracket; glslang 12 takes about 10,000 in 8 MiB of stack.
inline constexpr u32 kMaxNesting = 4096;

/// A place in preprocessed text, as its `#line` directives count.
struct Place {
    int string = 0;
    u32 line = 1;
};

/// Where preprocessed GLSL is nested deeper than kMaxNesting; nothing: nowhere.
[[nodiscard]] std::optional<Place> too_deep(std::string_view text);

}  // namespace alkomp::glsl_front
