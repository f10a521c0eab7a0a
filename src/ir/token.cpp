// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/token.h"

#include "alkomp/error.h"
#include "ir/literal.h"

#include <algorithm>
#include <utility>

namespace alkomp::ir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_part(char c) { return is_letter(c) || is_digit(c); }

class Tokenizer {
public:
    explicit Tokenizer(const Source& source) : source_(source), text_(source.text) {}

    std::vector<Token> run() {
        while (skip_blanks(), at_ < text_.size()) {
            Token token = next();
            token.starts_line = std::exchange(starts_line_, false);
            tokens_.push_back(token);
        }
        tokens_.push_back({Token::Kind::end, true, text_.substr(text_.size())});
        return std::move(tokens_);
    }

private:
    char here(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void skip_blanks() {
        for (; at_ < text_.size(); ++at_) {
            if (here() == '/' && here(1) == '/') at_ = std::min(text_.find('\n', at_), text_.size());
            if (here() == '\n') starts_line_ = true;
            else if (here() != ' ' && here() != '\t' && here() != '\r') return;
        }
    }

    Token next() {
        const char c = here();
        if (is_letter(c)) return {Token::Kind::word, false, name()};
        if (c == '"') return {Token::Kind::text, false, name()};
        if (is_digit(c) || (c == '-' && is_part(here(1)))) return {Token::Kind::number, false, number()};
        if (c == '%') return sign(Token::Kind::value);
        if (c == '^') return sign(Token::Kind::label);
        if (c == '@') return is_digit(here(1)) ? location() : sign(Token::Kind::function);
        const std::size_t length = c == '-' && here(1) == '>' ? 2 : 1;
        if (length == 1 && (c == '\0' || std::string_view("(){}[]<>,:=|").find(c) == std::string_view::npos))
            source_.fail(at_, "This character means nothing here.");
        at_ += length;
        return {Token::Kind::mark, false, text_.substr(at_ - length, length)};
    }

    Token sign(Token::Kind kind) {
        ++at_;
        if (kind != Token::Kind::function && is_digit(here())) {
            const std::size_t first = at_;
            while (is_digit(here())) ++at_;
            return {kind, false, text_.substr(first, at_ - first)};
        }
        if (!is_letter(here()) && here() != '"') source_.fail(at_, "A name is missing here.");
        return {kind, false, name()};
    }

    // An identifier or quoted text, then perhaps the number that tells it from others of that name.
    std::string_view name() {
        const std::size_t first = at_;
        if (here() == '"') skip_quoted();
        else
            while (is_part(here())) ++at_;
        if (here() == '.' && is_digit(here(1))) {
            ++at_;
            while (is_digit(here())) ++at_;
        }
        return text_.substr(first, at_ - first);
    }

    void skip_quoted() {
        const std::size_t first = at_++;
        while (here() != '"') {
            if (at_ >= text_.size() || here() == '\n') source_.fail(first, "The closing quote is missing.");
            at_ += here() == '\\' && at_ + 1 < text_.size() && here(1) != '\n' ? 2 : 1;
        }
        ++at_;
        if (!without_quotes(text_.substr(first, at_ - first)))
            source_.fail(first, R"(A backslash goes before n, t, ", \ or x and two digits.)");
    }

    std::string_view number() {
        const std::size_t first = at_++;
        const bool is_hexadecimal = text_[first] == '0' && here() == 'x';
        while (is_part(here()) || here() == '.' ||
               (!is_hexadecimal && (here() == '+' || here() == '-') && (text_[at_ - 1] == 'e')))
            ++at_;
        return text_.substr(first, at_ - first);
    }

    Token location() {
        const std::size_t first = ++at_;
        while (is_digit(here()) || here() == ':') ++at_;
        return {Token::Kind::location, false, text_.substr(first, at_ - first)};
    }

    const Source& source_;
    std::string_view text_;
    std::size_t at_ = 0;
    bool starts_line_ = true;
    std::vector<Token> tokens_;
};

}  // namespace

void Source::fail(std::size_t offset, const std::string& message) const {
    offset = std::min(offset, text.size());
    const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const std::size_t first = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(text.find('\n', first), text.size());
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), '\n') + 1;
    constexpr std::size_t kBefore = 100, kBehind = 60;  // of a long line, what is near
    const std::size_t from = offset - first > kBefore ? offset - kBefore : first;
    std::string shown(text.substr(from, std::min(end, offset + kBehind) - from));
    std::string caret;
    for (std::size_t i = 0; i < offset - from; ++i) caret += shown[i] == '\t' ? '\t' : ' ';
    for (char& c : shown)
        if (c != '\t' && (c < ' ' || c > '~')) c = '?';
    throw Error(ErrorCode::compile_failed, "parse: " + std::string(file_name) + ':' + std::to_string(line) + ':' +
                                               std::to_string(offset - first + 1) + ": " + message + "\n    " + shown +
                                               "\n    " + caret + '^');
}

std::vector<Token> tokenize(const Source& source) { return Tokenizer(source).run(); }

std::string shown(const Token& token) {
    switch (token.kind) {
        case Token::Kind::end:
            return "the end of the text";
        case Token::Kind::value:
            return '%' + std::string(token.text);
        case Token::Kind::label:
            return '^' + std::string(token.text);
        case Token::Kind::function:
        case Token::Kind::location:
            return '@' + std::string(token.text);
        case Token::Kind::word:
        case Token::Kind::number:
        case Token::Kind::text:
        case Token::Kind::mark:
            break;
    }
    return std::string(token.text);
}

Token Cursor::take() {
    const Token token = peek();
    if (token.kind != Token::Kind::end) ++at_;
    return token;
}

void Cursor::fail(const Token& token, const std::string& message) const {
    const bool has_sign = token.kind == Token::Kind::value || token.kind == Token::Kind::label ||
                          token.kind == Token::Kind::function || token.kind == Token::Kind::location;
    source_.fail(static_cast<std::size_t>(token.text.data() - source_.text.data()) - (has_sign ? 1 : 0), message);
}

void Cursor::want(const std::string& what) const { fail(peek(), what + " is wanted, not " + shown(peek()) + '.'); }

bool Cursor::at_mark(std::string_view mark) const { return peek().kind == Token::Kind::mark && peek().text == mark; }

bool Cursor::at_word(std::string_view word) const { return peek().kind == Token::Kind::word && peek().text == word; }

bool Cursor::accept(std::string_view mark) { return at_mark(mark) && (++at_, true); }

bool Cursor::accept_word(std::string_view word) { return at_word(word) && (++at_, true); }

void Cursor::expect(std::string_view mark) {
    if (!accept(mark)) want('"' + std::string(mark) + '"');
}

void Cursor::expect_word(std::string_view word) {
    if (!accept_word(word)) want('"' + std::string(word) + '"');
}

Token Cursor::expect(Token::Kind kind, const std::string& what) {
    if (peek().kind != kind) want(what);
    return take();
}

void Cursor::end_line() const {
    if (!peek().starts_line && !at_mark("}")) fail(peek(), "The line should end before " + shown(peek()) + '.');
}

std::string Cursor::text() { return *without_quotes(expect(Token::Kind::text, "A text in quotes").text); }

u32 Cursor::number() {
    const Token token = expect(Token::Kind::number, "A number");
    const std::optional<u64> value = read_scalar(Scalar::u32, token.text);
    if (!value) fail(token, shown(token) + " is no u32.");
    return static_cast<u32>(*value);
}

}  // namespace alkomp::ir
