// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines of the user's sources as messages show them: the line, and a caret below the place that is meant.
#pragma once

#include "alkomp/dtype.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alkomp::detail {

/// Texts that a kernel was made from, by the names that its lines have. An empty one has lines of its own numbering.
using SourceTexts = std::map<std::string, std::string>;

/// Text that is safe to show: control characters and broken UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text);
/// A letter, digit or underscore.
[[nodiscard]] bool is_word(char c) noexcept;

/// The line with this number, from 1, without its end; empty where there is none.
[[nodiscard]] std::string_view line_of(std::string_view text, u32 number);
/// The same of a file; empty too where it cannot be read.
[[nodiscard]] std::string line_of_file(const std::filesystem::path& path, u32 number);

/// Where `token` stands in `line`, when it does exactly once.
[[nodiscard]] std::optional<std::size_t> sole_place(std::string_view line, std::string_view token);

/// What is marked in a line: `size_bytes` bytes from `begin` on.
struct Marked {
    std::size_t begin = 0, size_bytes = 1;
};

/// The line behind `margin`, and what is marked, if it is, in a second one behind `margin_below`: both with a newline in
/// front. Empty for a blank line.
[[nodiscard]] std::string excerpt(std::string_view line, std::optional<Marked> mark, std::string_view margin,
                                  std::string_view margin_below);

}  // namespace alkomp::detail
