// SPDX-License-Identifier: MIT OR Apache-2.0
// Specialisation constants: from names and values to ids and bits.
#include "alkomp/error.h"
#include "runtime/kernel.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <utility>

namespace alkomp::detail {
namespace {

/// The bits of a value as `type`; nothing when it is of another kind or does not fit.
struct Encode {
    Scalar type;

    std::optional<u64> operator()(bool value) const {
        return type == Scalar::boolean ? std::optional<u64>(value ? 1 : 0) : std::nullopt;
    }
    std::optional<u64> operator()(i64 value) const { return integer(value); }
    std::optional<u64> operator()(u64 value) const { return integer(value); }
    std::optional<u64> operator()(f64 value) const {
        switch (type) {
            case Scalar::f64:
                return std::bit_cast<u64>(value);
            case Scalar::f32: {
                const auto narrow = static_cast<float>(value);
                if (std::isfinite(value) && !std::isfinite(narrow)) return std::nullopt;
                return std::bit_cast<u32>(narrow);
            }
            case Scalar::f16: {
                const f16 narrow(static_cast<float>(value));
                if (std::isfinite(value) && !std::isfinite(static_cast<float>(narrow))) return std::nullopt;
                return narrow.bits;
            }
            default:
                return std::nullopt;
        }
    }

private:
    template <class T, class V>
    static std::optional<u64> fit(V value) {
        if (!std::in_range<T>(value)) return std::nullopt;
        return static_cast<u64>(static_cast<std::make_unsigned_t<T>>(value));
    }
    template <class V>
    std::optional<u64> integer(V value) const {
        switch (type) {
            case Scalar::boolean:
                return value == 0 || value == 1 ? std::optional<u64>(static_cast<u64>(value)) : std::nullopt;
            case Scalar::i8:
                return fit<i8>(value);
            case Scalar::i16:
                return fit<i16>(value);
            case Scalar::i32:
                return fit<i32>(value);
            case Scalar::i64:
                return fit<i64>(value);
            case Scalar::u8:
                return fit<u8>(value);
            case Scalar::u16:
                return fit<u16>(value);
            case Scalar::u32:
                return fit<u32>(value);
            case Scalar::u64:
                return fit<u64>(value);
            case Scalar::f16:
            case Scalar::f32:
            case Scalar::f64:
                return exact_float(value);
            case Scalar::bf16:
            case Scalar::record:
                return std::nullopt;
        }
        return std::nullopt;
    }
    /// An integer becomes a float only where it stays what it is.
    template <class V>
    std::optional<u64> exact_float(V value) const {
        const f64 real = static_cast<f64>(value);
        const int digits = type == Scalar::f64 ? 53 : type == Scalar::f32 ? 24 : 11;
        return std::abs(real) <= std::ldexp(1.0, digits) ? (*this)(real) : std::nullopt;
    }
};

std::string text_of(const Constant& value) {
    std::ostringstream out;
    out << std::boolalpha;
    std::visit([&](auto v) { out << v; }, value);
    return out.str();
}

std::string list(const Interface& interface) {
    if (interface.constants.empty()) return "none";
    std::string text;
    for (const ConstantInfo& constant : interface.constants) {
        if (!text.empty()) text += ", ";
        if (!constant.name.empty()) text += '"' + constant.name + "\" ";
        text += (constant.name.empty() ? "id " : "(id ") + std::to_string(constant.id) +
                (constant.name.empty() ? " (" : ", ") + std::string(to_string(constant.type)) + ')';
    }
    return text;
}

const ConstantInfo* find(const Interface& interface, const std::string& name) {
    for (const ConstantInfo& constant : interface.constants)
        if (!name.empty() && constant.name == name) return &constant;
    u32 id = 0;
    const char* end = name.data() + name.size();
    const auto [stopped, failure] = std::from_chars(name.data(), end, id);
    if (failure != std::errc() || stopped != end) return nullptr;
    for (const ConstantInfo& constant : interface.constants)
        if (constant.id == id) return &constant;
    return nullptr;
}

}  // namespace

std::vector<backend::SpecializationValue> resolve_constants(const ShaderRecord& shader, const KernelOptions& options) {
    std::vector<backend::SpecializationValue> values;
    for (const auto& [name, value] : options.constants) {
        const ConstantInfo* constant = find(shader.interface, name);
        if (constant == nullptr) {
            throw Error(ErrorCode::invalid_argument, "compile: \"" + shader.name +
                                                         "\" has no specialisation constant \"" + name + "\"; it has " +
                                                         list(shader.interface) + ".");
        }
        const std::optional<u64> bits = std::visit(Encode{constant->type}, value);
        if (!bits) {
            throw Error(ErrorCode::invalid_argument,
                        "compile: the specialisation constant \"" + name + "\" of \"" + shader.name + "\" is " +
                            std::string(to_string(constant->type)) + ", which cannot be " + text_of(value) + ".");
        }
        const u32 size = constant->type == Scalar::boolean ? 4 : size_bytes(constant->type);
        values.push_back({constant->id, size, *bits});
    }
    std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    const auto twice =
        std::adjacent_find(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.id == b.id; });
    if (twice != values.end()) {
        throw Error(ErrorCode::invalid_argument, "compile: the specialisation constant with id " +
                                                     std::to_string(twice->id) + " of \"" + shader.name +
                                                     "\" is given twice, by name and by id.");
    }
    return values;
}

}  // namespace alkomp::detail
