// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts operators and brackets, the two ways in which expressions grow deep.
#include "glsl/nesting.h"

#include "glsl/include.h"

#include <charconv>
#include <vector>

namespace alkomp::glsl_front {
namespace {

constexpr u32 kBracketDepth = 4;

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Two numbers of `#line 12 3`; the second may be absent.
void read_place(std::string_view rest, Place& place) {
    const auto skip = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size())); };
    skip();
    u32 line = 0;
    auto result = std::from_chars(rest.data(), rest.data() + rest.size(), line);
    if (result.ec != std::errc()) return;
    place.line = line;
    rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
    skip();
    std::from_chars(rest.data(), rest.data() + rest.size(), place.string);
}

class Depth {
public:
    /// False once the depth is above the limit.
    bool take(char c, char before) {
        Level& level = levels_.back();
        switch (c) {
            case '(':
            case '[':
            case '{': levels_.push_back({depth(), 0, c == '(' && is_word(before)}); break;
            case ')':
            case ']':
            case '}':
                if (levels_.size() > 1) levels_.pop_back();
                if (c == '}') levels_.back().operators = 0;
                break;
            case ';': level.operators = 0; break;
            case ',':
                // Arguments and initialisers stand side by side; elsewhere a comma is one more operator.
                if (level.is_call || levels_.size() > 1) level.operators = level.is_call ? 0 : level.operators + 1;
                break;
            default: ++level.operators;
        }
        return depth() <= kMaxNesting;
    }

private:
    struct Level {
        u32 base = 0;
        u32 operators = 0;
        bool is_call = false;
    };
    [[nodiscard]] u32 depth() const { return levels_.back().base + levels_.back().operators + kBracketDepth; }
    std::vector<Level> levels_{Level{}};
};

}  // namespace

std::optional<Place> too_deep(std::string_view text) {
    Depth depth;
    Place place;
    char before = ' ';
    LineScanner scanner(text);
    for (LineScanner::Line line; scanner.next(line); ++place.line) {
        std::string_view rest;
        if (const std::string_view name = directive_name(line, rest); !name.empty()) {
            if (name == "line") {
                read_place(rest, place);
                --place.line;
            }
            continue;
        }
        for (const char c : line.text) {
            if (c == ' ' || c == '\t' || c == '"') continue;
            if (!is_word(c) && !depth.take(c, before)) return place;
            before = c;
        }
    }
    return std::nullopt;
}

}  // namespace alkomp::glsl_front
