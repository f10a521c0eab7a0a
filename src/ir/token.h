// SPDX-License-Identifier: MIT OR Apache-2.0
// Cuts the text form of the IR into tokens, and says what is wrong with a place in it.
#pragma once

#include "alkomp/dtype.h"

#include <string>
#include <string_view>
#include <vector>

namespace alkomp::ir {

struct Token {
    enum class Kind : u8 {
        end,
        word,      ///< add, f32x4, Particle.1
        number,    ///< 5, -2.5, 0xff
        text,      ///< "quoted", "quoted".1
        value,     ///< %x, %12; `text` is without the sign, for the next three too
        label,     ///< ^loop1
        function,  ///< @main
        location,  ///< @1:12:5
        mark,      ///< ( ) { } [ ] < > , : = | ->
    };
    Kind kind = Kind::end;
    bool starts_line = false;
    std::string_view text;
};

/// The text, with what its errors need. Must outlive its tokens.
struct Source {
    std::string_view text;
    std::string_view file_name;
    /// Throws compile_failed: "parse: file:line:column: message", the line, and a caret at `offset`.
    [[noreturn]] void fail(std::size_t offset, const std::string& message) const;
};

/// The last one is `end`.
[[nodiscard]] std::vector<Token> tokenize(const Source& source);

/// As it is written.
[[nodiscard]] std::string shown(const Token& token);

/// A place between tokens. `accept` goes on where the next token is that one, `expect` fails where it is not.
class Cursor {
public:
    explicit Cursor(const Source& source) : source_(source), tokens_(tokenize(source_)) {}

    [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
    Token take();
    [[noreturn]] void fail(const Token& token, const std::string& message) const;
    [[noreturn]] void want(const std::string& what) const;  ///< instead of the next token
    [[nodiscard]] bool at_mark(std::string_view mark) const;
    [[nodiscard]] bool at_word(std::string_view word) const;
    bool accept(std::string_view mark);
    bool accept_word(std::string_view word);
    void expect(std::string_view mark);
    void expect_word(std::string_view word);
    Token expect(Token::Kind kind, const std::string& what);
    void end_line() const;
    [[nodiscard]] std::string text();
    [[nodiscard]] u32 number();

    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    void go_to(std::size_t position) noexcept { at_ = position; }

private:
    Source source_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace alkomp::ir
