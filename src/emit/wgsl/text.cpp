// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/wgsl/text.h"

#include <cctype>

namespace alkomp::emit::wg {
namespace {

Level level_of(std::string_view symbol) {
    if (symbol == "&&") return Level::and_then;
    if (symbol == "||") return Level::or_else;
    if (symbol == "&") return Level::bit_and;
    if (symbol == "|") return Level::bit_or;
    if (symbol == "^") return Level::bit_xor;
    if (symbol == "<<" || symbol == ">>") return Level::shift;
    if (symbol == "+" || symbol == "-") return Level::additive;
    if (symbol == "*" || symbol == "/" || symbol == "%") return Level::multiplicative;
    return Level::relational;
}

bool fits(Level operand, Level op, bool left) {
    switch (op) {
        case Level::and_then:
        case Level::or_else:
            return operand >= Level::relational || (left && operand == op);
        case Level::bit_and:
        case Level::bit_or:
        case Level::bit_xor:
            return operand >= Level::unary || (left && operand == op);
        case Level::relational:
            return operand >= Level::additive;
        case Level::shift:
            return operand >= Level::unary;
        case Level::additive:
            return operand >= (left ? Level::additive : Level::multiplicative);
        case Level::multiplicative:
            return operand >= (left ? Level::multiplicative : Level::unary);
        case Level::unary:
        case Level::primary:
            break;
    }
    return operand == Level::primary;
}

std::string wrapped(const Text& text, Level op, bool left) {
    return fits(text.level, op, left) ? text.text : '(' + text.text + ')';
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

Text binary(const Text& left, std::string_view symbol, const Text& right) {
    const Level level = level_of(symbol);
    std::string text = wrapped(left, level, true);
    text += ' ';
    text += symbol;
    text += ' ';
    text += wrapped(right, level, false);
    return {std::move(text), level, left.reads || right.reads, false};
}

Text unary(std::string_view symbol, const Text& operand) {
    return {std::string(symbol) + operand_of_postfix(operand), Level::unary, operand.reads, false};
}

std::string operand_of_postfix(const Text& text) {
    const bool negative = !text.text.empty() && text.text[0] == '-';  // a literal
    return text.level == Level::primary && !negative ? text.text : '(' + text.text + ')';
}

std::string argument(const Text& text) {
    const bool risky = text.level == Level::relational || text.level == Level::and_then || text.level == Level::or_else;
    return risky && text.text.find_first_of("<>") != std::string::npos ? '(' + text.text + ')' : text.text;
}

bool mentions(std::string_view text, std::string_view name) {
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const bool begins = at == 0 || !is_word(text[at - 1]);
        const std::size_t end = at + name.size();
        if (begins && (end == text.size() || !is_word(text[end]))) return true;
    }
    return false;
}

}  // namespace alkomp::emit::wg
