// SPDX-License-Identifier: MIT OR Apache-2.0
#include "read/wgsl/tokens.h"

#include "alkomp/error.h"
#include "runtime/excerpt.h"

#include <algorithm>
#include <cctype>

namespace alkomp::read {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Signs of two characters that matter here; all else is one.
bool is_pair(std::string_view two) {
    return two == "->" || two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "&&" || two == "||";
}

/// Behind the comment that begins at `at`; comments stand in comments.
std::size_t end_of_comment(std::string_view text, std::string_view name, std::size_t at) {
    if (text[at + 1] == '/') return std::min(text.find('\n', at), text.size());
    std::size_t depth = 1, i = at + 2;
    for (; i + 1 < text.size() && depth > 0; ++i) {
        const std::string_view two = text.substr(i, 2);
        if (two == "/*") ++depth;
        else if (two == "*/") --depth;
        else continue;
        ++i;
    }
    if (depth > 0) fail_at(text, name, at, "the comment does not end.");
    return i;
}

}  // namespace

void fail_at(std::string_view text, std::string_view name, std::size_t at, const std::string& sentence) {
    at = std::min(at, text.size());
    const std::string_view before = text.substr(0, at);
    const auto line = static_cast<u32>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? at : at - newline - 1;
    std::string message = "compile: \"" + std::string(name) + "\" does not compile.\n" + std::string(name) + ':' +
                          std::to_string(line) + ':' + std::to_string(column + 1) + ": error: " + sentence;
    message += detail::excerpt(detail::line_of(text, line), detail::Marked{column, 1}, "  ", "  ");
    throw Error(ErrorCode::compile_failed, message);
}

std::vector<WgslToken> wgsl_tokens(std::string_view text, std::string_view name) {
    std::vector<WgslToken> tokens;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++at;
            continue;
        }
        if (c == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*')) {
            at = end_of_comment(text, name, at);
            continue;
        }
        std::size_t end = at + 1;
        WgslToken token;
        token.at = at;
        if (is_letter(c)) {
            token.kind = WgslToken::Kind::word;
            while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) ++end;
        } else if (is_digit(c) || (c == '.' && end < text.size() && is_digit(text[end]))) {
            token.kind = WgslToken::Kind::number;
            while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '.' ||
                                         ((text[end] == '+' || text[end] == '-') &&
                                          (text[end - 1] == 'e' || text[end - 1] == 'E' || text[end - 1] == 'p'))))
                ++end;
        } else if (std::isprint(static_cast<unsigned char>(c)) != 0 && c != '"' && c != '\'' && c != '`' && c != '\\' &&
                   c != '#' && c != '$' && c != '?') {
            token.kind = WgslToken::Kind::sign;
            if (is_pair(text.substr(at, 2))) ++end;
        } else {
            fail_at(text, name, at, "no WGSL has this character outside of comments.");
        }
        token.text = text.substr(at, end - at);
        tokens.push_back(token);
        at = end;
    }
    tokens.push_back({WgslToken::Kind::end, {}, text.size()});
    return tokens;
}

}  // namespace alkomp::read
