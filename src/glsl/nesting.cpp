// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts operators and brackets, the two ways in which expressions grow deep.
#include "glsl/nesting.h"

#include "glsl/include.h"

#include <algorithm>
#include <charconv>
#include <string>
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

bool is_control(std::string_view word) {
    return word == "if" || word == "for" || word == "while" || word == "switch" || word == "return";
}

class Depth {
public:
    /// Takes one character that is no space. False once the depth is above the limit.
    bool take(char c) {
        if (is_word(c)) {
            if (!is_word(before_)) word_.clear();
            word_ += c;
        } else {
            take_punctuation(c);
        }
        before_ = c;
        return depth() <= kMaxNesting;
    }
    /// Words end where lines and spaces do.
    void end_word() {
        if (is_word(before_)) before_ = ' ';
    }

private:
    struct Level {
        u32 base = 0;
        u32 operators = 0;
        bool is_list = false;  ///< of arguments or initialisers: its commas make nothing deeper
    };

    void take_punctuation(char c) {
        Level& level = levels_.back();
        switch (c) {
            case '(':
            case '[':
            case '{':
                levels_.push_back({depth(), 0, opens_list(c)});
                break;
            case ')':
            case ']':
            case '}':
                if (levels_.size() > 1) levels_.pop_back();
                if (c == '}') levels_.back().operators = 0;
                break;
            case ';':
                level.operators = 0;
                break;
            case ',':
                if (level.is_list || levels_.size() == 1) level.operators = 0;
                else ++level.operators;
                break;
            default:
                ++level.operators;
        }
    }

    [[nodiscard]] bool opens_list(char c) const {
        const bool behind_word = !word_.empty() && (is_word(before_) || before_ == ' ');
        if (c == '(') return before_ == ']' || (behind_word && !is_control(word_));
        if (c == '{') return before_ == '=' || ((before_ == '{' || before_ == ',') && levels_.back().is_list);
        return false;
    }

    [[nodiscard]] u32 depth() const { return levels_.back().base + levels_.back().operators + kBracketDepth; }

    std::vector<Level> levels_{Level{}};
    std::string word_;  ///< the last one
    char before_ = ';';
};

}  // namespace

std::optional<Place> too_deep(std::string_view text) {
    Depth depth;
    Place place;
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
            if (c == ' ' || c == '\t' || c == '"') depth.end_word();
            else if (!depth.take(c)) return place;
        }
        depth.end_word();
    }
    return std::nullopt;
}

}  // namespace alkomp::glsl_front
