// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/literal.h"

#include "ir/type.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <locale>
#include <sstream>

namespace alkomp::ir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

u32 bits_in(Scalar kind) { return kind == Scalar::boolean ? 1 : 8 * size_bytes(kind); }

std::string hexadecimal(u64 bits) {
    char digits[16];
    const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, bits, 16);
    return "0x" + std::string(digits, end);
}

template <class T>
std::string shortest_digits(T number) {
#ifdef __cpp_lib_to_chars
    char digits[40];
    const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, number);
    return {digits, end};
#else
    std::string text;
    for (int precision = 1; precision <= std::numeric_limits<T>::max_digits10; ++precision) {
        std::ostringstream out;
        out.imbue(std::locale::classic());
        out.precision(precision);
        out << number;
        text = out.str();
        std::istringstream in(text);
        in.imbue(std::locale::classic());
        T back{};
        if (in >> back && back == number) break;
    }
    return text;
#endif
}

// As the IR spells it: with a point.
template <class T>
std::string shortest(T number) {
    std::string text = shortest_digits(number);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";  // n: inf
    return text;
}

template <class T>
std::optional<T> read_number(std::string_view text) {
    if (text.empty() || (!is_digit(text.front()) && text.front() != '-')) return std::nullopt;
    T number{};
#ifdef __cpp_lib_to_chars
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
#else
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    in >> number;
    // A subnormal number is read, and said to have failed.
    const bool is_subnormal = number != T{} && std::abs(number) < std::numeric_limits<T>::min();
    if (!in.eof() || (in.fail() && !is_subnormal)) return std::nullopt;
#endif
    return number;
}

template <class T>
std::optional<T> read_float(std::string_view text) {
    constexpr T infinity = std::numeric_limits<T>::infinity();
    if (text == "inf") return infinity;
    if (text == "-inf") return -infinity;
    if (text == "nan") return std::numeric_limits<T>::quiet_NaN();
    return read_number<T>(text);
}

// Through f32, so that what was printed reads back; a finite text never becomes infinite.
template <class Narrow>
std::optional<u64> read_narrow(std::string_view text) {
    const std::optional<float> wide = read_float<float>(text);
    if (!wide) return std::nullopt;
    const Narrow narrow(*wide);
    if (std::isinf(static_cast<float>(narrow)) && !std::isinf(*wide)) return std::nullopt;
    return narrow.bits;
}

std::optional<u64> read_integer(Scalar kind, std::string_view text) {
    const u32 unused = 64 - bits_in(kind);
    if (is_signed(kind)) {
        i64 value = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
        if (static_cast<i64>(static_cast<u64>(value) << unused) >> unused != value) return std::nullopt;
        return static_cast<u64>(value) << unused >> unused;
    }
    u64 value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value << unused >> unused == value ? std::optional(value) : std::nullopt;
}

// The bytes of the character that begins here, as UTF-8; 0 where there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<u8>(text[i]) : u8{0}; };
    const u8 head = byte(0);
    const std::size_t length = head < 0xc2 ? 0 : head < 0xe0 ? 2 : head < 0xf0 ? 3 : head < 0xf5 ? 4 : 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    if ((head == 0xe0 && byte(1) < 0xa0) || (head == 0xed && byte(1) > 0x9f)) return 0;
    if ((head == 0xf0 && byte(1) < 0x90) || (head == 0xf4 && byte(1) > 0x8f)) return 0;
    return length;
}

std::optional<u32> hex_digit(char c) {
    if (is_digit(c)) return static_cast<u32>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<u32>(c - 'a' + 10);
    return std::nullopt;
}

}  // namespace

std::string shortest_text(f32 number) { return shortest_digits(number); }
std::string shortest_text(f64 number) { return shortest_digits(number); }

std::string plain_text(Scalar kind, u64 bits) {
    const u32 width = bits_in(kind);
    if (width == 0 || (width < 64 && bits >> width != 0)) return hexadecimal(bits);
    switch (kind) {
        case Scalar::boolean:
            return bits != 0 ? "true" : "false";
        case Scalar::i8:
        case Scalar::i16:
        case Scalar::i32:
        case Scalar::i64:
            return std::to_string(static_cast<i64>(bits << (64 - width)) >> (64 - width));
        case Scalar::u8:
        case Scalar::u16:
        case Scalar::u32:
        case Scalar::u64:
            return std::to_string(bits);
        case Scalar::f16:
        case Scalar::bf16:
        case Scalar::f32: {
            float number = std::bit_cast<float>(static_cast<u32>(bits));
            if (kind != Scalar::f32) {
                f16 half;
                bf16 brain;
                half.bits = brain.bits = static_cast<u16>(bits);
                number = kind == Scalar::f16 ? static_cast<float>(half) : static_cast<float>(brain);
            }
            return std::isnan(number) ? hexadecimal(bits) : shortest(number);
        }
        case Scalar::f64: {
            const auto number = std::bit_cast<double>(bits);
            return std::isnan(number) ? hexadecimal(bits) : shortest(number);
        }
        case Scalar::record:
            break;
    }
    return hexadecimal(bits);
}

std::string scalar_text(Scalar kind, u64 bits) {
    std::string text = plain_text(kind, bits);
    const bool tells = (kind == Scalar::boolean && bits < 2) || (kind == Scalar::u32 && is_digit(text.front())) ||
                       (kind == Scalar::f32 && text.find_first_of("nx") == std::string::npos);
    return tells ? text : std::string(to_string(kind)) + '(' + text + ')';
}

std::optional<u64> read_scalar(Scalar kind, std::string_view text) {
    if (kind == Scalar::record) return std::nullopt;
    if (text.substr(0, 2) == "0x") {
        u64 bits = 0;
        const auto [end, failure] = std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
        if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
        return bits_in(kind) == 64 || bits >> bits_in(kind) == 0 ? std::optional(bits) : std::nullopt;
    }
    if (kind == Scalar::boolean)
        return text == "true" ? std::optional<u64>(1) : text == "false" ? std::optional<u64>(0) : std::nullopt;
    if (is_integer(kind)) return read_integer(kind, text);
    if (kind == Scalar::f16) return read_narrow<f16>(text);
    if (kind == Scalar::bf16) return read_narrow<bf16>(text);
    if (kind == Scalar::f64) {
        const std::optional<double> number = read_float<double>(text);
        return number ? std::optional(std::bit_cast<u64>(*number)) : std::nullopt;
    }
    const std::optional<float> number = read_float<float>(text);
    return number ? std::optional<u64>(std::bit_cast<u32>(*number)) : std::nullopt;
}

bool is_bare_name(std::string_view name) noexcept {
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

std::string in_quotes(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const std::size_t wide = utf8_length(text.substr(i));
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') out += "\\n";
        else if (c == '\t') out += "\\t";
        else if (wide != 0) out += text.substr(i, wide);
        else if (c >= ' ' && c <= '~') out += c;
        else {
            out += "\\x";
            out += kDigits[static_cast<u8>(c) >> 4];
            out += kDigits[static_cast<u8>(c) & 15];
        }
        i += std::max<std::size_t>(wide, 1);
    }
    return out + '"';
}

std::string spelled(std::string_view name) { return is_bare_name(name) ? std::string(name) : in_quotes(name); }

std::optional<std::string> without_quotes(std::string_view lexeme) {
    std::string out;
    for (std::size_t i = 1; i + 1 < lexeme.size(); ++i) {
        if (lexeme[i] != '\\') {
            out += lexeme[i];
            continue;
        }
        const char escape = lexeme[++i];
        if (escape == 'n') out += '\n';
        else if (escape == 't') out += '\t';
        else if (escape == '"' || escape == '\\') out += escape;
        else {
            if (escape != 'x' || i + 3 >= lexeme.size()) return std::nullopt;
            const auto high = hex_digit(lexeme[i + 1]), low = hex_digit(lexeme[i + 2]);
            if (!high || !low) return std::nullopt;
            out += static_cast<char>(*high << 4 | *low);
            i += 2;
        }
    }
    return out;
}

std::string name_in(std::string_view lexeme) {
    if (lexeme.empty() || is_digit(lexeme.front())) return {};
    if (lexeme.front() == '"') return without_quotes(lexeme.substr(0, lexeme.rfind('"') + 1)).value_or(std::string());
    return std::string(lexeme.substr(0, lexeme.find('.')));
}

std::optional<PlainType> read_plain_type(std::string_view text) noexcept {
    PlainType type;
    if (text.size() > 2 && text[text.size() - 2] == 'x' && text.back() >= '2' && text.back() <= '4') {
        type.lanes = static_cast<u32>(text.back() - '0');
        text.remove_suffix(2);
    }
    for (u32 i = 0; i < static_cast<u32>(Scalar::record); ++i) {
        type.scalar = static_cast<Scalar>(i);
        if (to_string(type.scalar) == text) return type;
    }
    return std::nullopt;
}

}  // namespace alkomp::ir
