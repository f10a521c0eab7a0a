// SPDX-License-Identifier: MIT OR Apache-2.0
// A recursive-descent reader of the literals that numpy writes and accepts in headers.
#include "literal.h"

#include "failure.h"

#include <charconv>

namespace alkomp::command {
namespace {

constexpr int kMaxDepth = 32;

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Literal whole() {
        Literal literal = value(0);
        skip_space();
        if (at_ != text_.size()) fail("nothing more");
        return literal;
    }

private:
    [[noreturn]] void fail(const std::string& wanted) const {
        throw Failure("the header wants " + wanted + " at character " + std::to_string(at_));
    }

    void skip_space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n\f").find(text_[at_]) != std::string_view::npos) ++at_;
    }

    bool take(char c) {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool take_word(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    Literal value(int depth) {
        if (depth > kMaxDepth) fail("fewer nested brackets");
        skip_space();
        if (at_ >= text_.size()) fail("a value");
        const char c = text_[at_];
        if (c == '{') return dictionary(depth);
        if (c == '(') return sequence(depth, ')');
        if (c == '[') return sequence(depth, ']');
        if (c == '\'' || c == '"') return {text()};
        if (c == '-' || (c >= '0' && c <= '9')) return {number()};
        if (take_word("True")) return {true};
        if (take_word("False")) return {false};
        if (take_word("None")) return {};
        // Python 2 marked text with a letter.
        if ((c == 'u' || c == 'b') && at_ + 1 < text_.size() && (text_[at_ + 1] == '\'' || text_[at_ + 1] == '"')) {
            ++at_;
            return {text()};
        }
        fail("a value");
    }

    Literal dictionary(int depth) {
        ++at_;
        Literal::Dictionary out;
        while (!take('}')) {
            Literal key = value(depth + 1);
            if (!take(':')) fail("':'");
            out.items.emplace_back(std::move(key), value(depth + 1));
            if (!take(',')) {
                if (!take('}')) fail("',' or '}'");
                break;
            }
        }
        return {std::move(out)};
    }

    Literal sequence(int depth, char close) {
        ++at_;
        Literal::Sequence out;
        out.tuple = close == ')';
        bool comma = true;
        while (!take(close)) {
            if (!comma) fail(std::string("',' or '") + close + "'");
            out.items.push_back(value(depth + 1));
            comma = take(',');
            if (!comma && out.tuple && out.items.size() == 1 && take(close)) return std::move(out.items.front());
        }
        return {std::move(out)};
    }

    std::string text() {
        const char quote = text_[at_++];
        std::string out;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\\') {
                ++at_;
                if (at_ >= text_.size()) break;
                if (std::string_view("\\'\"").find(text_[at_]) == std::string_view::npos) fail("no such escape");
            }
            out += text_[at_++];
        }
        if (at_ >= text_.size()) fail("the end of a text");
        ++at_;
        return out;
    }

    std::int64_t number() {
        std::int64_t out = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), out);
        if (error != std::errc()) fail("a whole number below 2^63");
        at_ = static_cast<std::size_t>(end - text_.data());
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2's long
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

const Literal* Literal::find(std::string_view key) const noexcept {
    const Dictionary* dictionary = as<Dictionary>();
    if (dictionary == nullptr) return nullptr;
    for (const auto& [name, item] : dictionary->items) {
        const std::string* text = name.as<std::string>();
        if (text != nullptr && *text == key) return &item;
    }
    return nullptr;
}

Literal parse_literal(std::string_view text) { return Parser(text).whole(); }

}  // namespace alkomp::command
