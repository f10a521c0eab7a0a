// SPDX-License-Identifier: MIT OR Apache-2.0
// `#include` resolved before glslang sees the text, so that every message can name the user's file and line.
#pragma once

#include "alkomp/kernel.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::glsl_front {

/// A file that a compilation read, or looked for in vain.
struct Dependency {
    std::filesystem::path path;
    std::string hash;  ///< of its contents; empty: there was no such file

    [[nodiscard]] bool unchanged() const;
};

/// Physical lines of a text, with the place where a directive begins on each. Knows comments, strings and
/// continued lines.
class LineScanner {
public:
    static constexpr std::size_t kNone = std::string_view::npos;
    struct Line {
        u32 number = 0;
        std::string_view text;          ///< without its end
        std::size_t directive = kNone;  ///< of the `#`
    };
    explicit LineScanner(std::string_view text) : rest_(text) {}
    [[nodiscard]] bool next(Line& line);

private:
    void scan(Line& line);
    std::string_view rest_;
    u32 number_ = 0;
    bool in_comment_ = false;
    bool continued_ = false;        ///< the line before ended in a backslash
    bool in_line_comment_ = false;  ///< ... and in a `//` comment
};

/// The word after a directive's `#`: "include", "version", "line"; `rest` is what follows it.
[[nodiscard]] std::string_view directive_name(const LineScanner::Line& line, std::string_view& rest);

/// The source itself, or a file that it includes.
struct Text {
    std::string name;  ///< as messages call it
    std::string text;
    std::filesystem::path directory;  ///< where its own `#include "x"` looks first
    std::filesystem::path identity;   ///< canonical path; empty for text that is no file
    int includer = -1;                ///< place in Expansion::texts
    u32 includer_line = 0;
    bool renumbers = false;  ///< it holds `#line`: numbers are not its physical lines
};

/// glslang's string number of Expansion::texts[index]: far from what a user's own `#line` may use.
inline constexpr int kFirstIncluded = 1'000'000;

struct Expansion {
    std::string text;  ///< one text with `#line` where files meet
    std::vector<Text> texts;
    /// An include that failed stands in `text` as `#error alkomp_include N`: it counts only where the
    /// preprocessor does not skip it. Here is what to say then.
    std::vector<std::string> failures;
    std::vector<Dependency> dependencies;
};
inline constexpr std::string_view kIncludeFailure = "alkomp_include";

/// Largest text that is compiled, with its includes: glslang's memory and time grow without bound.
inline constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;

/// Throws compile_failed for texts that are too long or hold NUL bytes.
[[nodiscard]] Expansion expand(const Source& source, std::span<const std::filesystem::path> include_dirs);

}  // namespace alkomp::glsl_front
