// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of --arg read as numbers of the kernel's types.
#include "bind.h"
#include "failure.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace alkomp::command {
namespace {

template <class T>
void append(std::vector<std::byte>& out, const T& value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    out.insert(out.end(), bytes, bytes + sizeof(T));
}

template <class T>
T parse_number(std::string_view text, const char* type) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string quoted = "'" + std::string(text) + "'";
    if (error == std::errc::result_out_of_range) throw Failure(quoted + " does not fit " + type);
    if (error != std::errc() || end != text.data() + text.size()) throw Failure(quoted + " is no " + type);
    return value;
}

bool parse_bool(std::string_view text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    throw Failure("'" + std::string(text) + "' is neither true nor false");
}

/// A half has no from_chars; a float that rounds to infinity does not fit.
f16 parse_half(std::string_view text) {
    const float value = parse_number<float>(text, "f16");
    const f16 half(value);
    if (std::isfinite(value) && std::isinf(static_cast<float>(half)))
        throw Failure("'" + std::string(text) + "' does not fit f16");
    return half;
}

void append_scalar(std::vector<std::byte>& out, Scalar scalar, std::string_view text) {
    switch (scalar) {
        case Scalar::boolean:
            return append(out, parse_bool(text));
        case Scalar::i8:
            return append(out, parse_number<i8>(text, "i8"));
        case Scalar::i16:
            return append(out, parse_number<i16>(text, "i16"));
        case Scalar::i32:
            return append(out, parse_number<i32>(text, "i32"));
        case Scalar::i64:
            return append(out, parse_number<i64>(text, "i64"));
        case Scalar::u8:
            return append(out, parse_number<u8>(text, "u8"));
        case Scalar::u16:
            return append(out, parse_number<u16>(text, "u16"));
        case Scalar::u32:
            return append(out, parse_number<u32>(text, "u32"));
        case Scalar::u64:
            return append(out, parse_number<u64>(text, "u64"));
        case Scalar::f16:
            return append(out, parse_half(text));
        case Scalar::bf16:
            return append(out, bf16(parse_number<float>(text, "bf16")));
        case Scalar::f32:
            return append(out, parse_number<f32>(text, "f32"));
        case Scalar::f64:
            return append(out, parse_number<f64>(text, "f64"));
        case Scalar::record:
            break;
    }
    throw Failure("it is no number");
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t comma = text.find(',');
        out.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
    }
}

std::string list(const Interface& interface) {
    if (interface.scalars.empty()) return "the kernel takes no scalars";
    std::string out = "the kernel takes ";
    for (const ScalarInfo& scalar : interface.scalars) {
        if (&scalar != &interface.scalars.front()) out += ", ";
        out += "'" + scalar.name + "' (" + to_string(scalar.type) + ")";
    }
    return out;
}

ScalarValue parse_scalar(const ScalarInfo& info, std::string_view text) {
    ScalarValue out{info.name, info.type, {}};
    const std::vector<std::string_view> words = split(text);
    if (info.type.scalar == Scalar::record) throw Failure("a struct cannot be given on the command line");
    const u32 count = u32{info.type.lanes} * info.type.columns;
    if (words.size() != count) {
        throw Failure("it has " + std::to_string(words.size()) + " values, " + to_string(info.type) + " has " +
                      std::to_string(count));
    }
    for (const std::string_view word : words) append_scalar(out.bytes, info.type.scalar, word);
    return out;
}

}  // namespace

std::vector<ScalarValue> parse_scalars(const Interface& interface, std::span<const ScalarText> texts) {
    std::vector<bool> given(interface.scalars.size());
    const auto find = [&](const ScalarText& text) {
        if (text.name.empty()) return static_cast<std::size_t>(std::ranges::find(given, false) - given.begin());
        const auto found = std::ranges::find(interface.scalars, text.name, &ScalarInfo::name);
        return static_cast<std::size_t>(found - interface.scalars.begin());
    };
    std::vector<ScalarValue> out(interface.scalars.size());
    // Names first, so that a value without one takes the first parameter that is left.
    for (const bool named : {true, false}) {
        for (const ScalarText& text : texts) {
            if (text.name.empty() == named) continue;
            const std::string option = "--arg " + (named ? text.name + "=" : "") + text.text;
            const std::size_t index = find(text);
            if (index == given.size())
                throw Failure(option + ": " + (named ? "there is no such scalar: " : "no scalar is left for it: ") +
                              list(interface));
            if (given[index]) throw Failure(option + ": '" + text.name + "' is given twice");
            given[index] = true;
            try {
                out[index] = parse_scalar(interface.scalars[index], text.text);
            } catch (const Failure& failure) {
                throw Failure(option + ": '" + interface.scalars[index].name + "': " + failure.what());
            }
        }
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (!given[i])
            throw Failure("scalar '" + interface.scalars[i].name + "' (" + to_string(interface.scalars[i].type) +
                          ") has no --arg");
    }
    return out;
}

}  // namespace alkomp::command
