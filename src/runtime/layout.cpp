// SPDX-License-Identifier: MIT OR Apache-2.0
// Layout compatibility of buffers with bindings, and conversion of scalar arguments.
#include "runtime/layout.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <variant>
#include <vector>

namespace alkomp::detail {
namespace {

// A scalar at a byte offset: what is left of a type once structs, arrays and matrices are taken apart.
struct Leaf {
    u64 offset_bytes = 0;
    Scalar scalar = Scalar::u8;
};

constexpr std::size_t kMostLeaves = 4096;

// Appends the leaves of one element; false when something in it is known by its size alone.
bool flatten(const DType& type, u64 at, std::vector<Leaf>& out) {
    if (type.scalar == Scalar::record) {
        if (!type.record || type.record->fields.empty()) return false;
        for (const Field& field : type.record->fields) {
            for (u32 i = 0; i < field.count; ++i) {
                if (out.size() > kMostLeaves) return false;
                if (!flatten(field.type, at + field.offset_bytes + u64{i} * field.stride_bytes, out)) return false;
            }
        }
        return true;
    }
    const u32 column_bytes = type.size_bytes / type.columns;
    for (u32 c = 0; c < type.columns; ++c)
        for (u32 r = 0; r < type.lanes; ++r)
            out.push_back({at + u64{c} * column_bytes + u64{r} * size_bytes(type.scalar), type.scalar});
    return true;
}

bool same_scalar(Scalar a, Scalar b) {
    if (a == b) return true;
    const auto byte_like = [](Scalar s) { return s == Scalar::boolean || s == Scalar::u8; };
    return byte_like(a) && byte_like(b);
}

bool is_packed(const std::vector<Leaf>& leaves, u64 stride) {
    if (leaves.empty()) return false;
    const u64 size = size_bytes(leaves.front().scalar);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        if (leaves[i].scalar != leaves.front().scalar || leaves[i].offset_bytes != i * size) return false;
    }
    return leaves.size() * size == stride;
}

// Compares records field by field where both are known. The wanted leaves must stand in the given
// record at the same places with the same scalars; names may differ.
bool records_agree(const std::vector<Leaf>& wanted, const DType& given) {
    std::vector<Leaf> have;
    if (!flatten(given, 0, have)) return true;  // opaque: only the size is known
    return std::all_of(wanted.begin(), wanted.end(), [&](const Leaf& leaf) {
        return std::any_of(have.begin(), have.end(), [&](const Leaf& h) {
            return h.offset_bytes == leaf.offset_bytes && same_scalar(h.scalar, leaf.scalar);
        });
    });
}

std::string wants(const BindingInfo& binding) { return "elements of " + to_string(binding.element) + " are wanted"; }

std::string element_mismatch(const BindingInfo& binding, const DType& given, u64 size_bytes_given) {
    const u64 stride = binding.stride_bytes;
    std::vector<Leaf> leaves;
    const bool known = flatten(binding.element, 0, leaves);
    if (given.scalar == Scalar::record) {
        if (given.size_bytes != stride) return wants(binding) + ", " + std::to_string(stride) + " bytes each.";
        if (known && !records_agree(leaves, given)) return wants(binding) + ": a field differs in offset or type.";
        return {};
    }
    if (known && !same_scalar(leaves.front().scalar, given.scalar))
        return wants(binding) + "; view it `as` that type if its bytes mean that.";
    const bool whole_elements = given.size_bytes == stride && u64{given.lanes} * given.columns >= leaves.size();
    if (known && !whole_elements && !is_packed(leaves, stride)) {
        return wants(binding) + ", each padded to " + std::to_string(stride) +
               " bytes: pass a struct of that size, or lay the kernel's data out without padding (vec4, or `scalar` "
               "layout).";
    }
    if (size_bytes_given % stride != 0) {
        return wants(binding) + ", " + std::to_string(stride) + " bytes each: " + std::to_string(size_bytes_given) +
               " bytes are not whole elements.";
    }
    return {};
}

std::string block_mismatch(const BindingInfo& binding, const DType& given, u64 given_bytes) {
    if (given_bytes < binding.fixed_bytes) {
        return "at least " + std::to_string(binding.fixed_bytes) + " bytes are wanted for " +
               to_string(binding.element) + ", " + std::to_string(given_bytes) + " are given.";
    }
    std::vector<Leaf> leaves;
    if (binding.stride_bytes != 0 || !flatten(binding.element, 0, leaves) || given.scalar == Scalar::record) {
        if (binding.stride_bytes == 0 && given.scalar == Scalar::record && !records_agree(leaves, given))
            return to_string(binding.element) + " is wanted: a field differs in offset or type.";
        return {};
    }
    const bool uniform_type =
        std::all_of(leaves.begin(), leaves.end(), [&](const Leaf& l) { return l.scalar == leaves.front().scalar; });
    if (!leaves.empty() && uniform_type && !same_scalar(leaves.front().scalar, given.scalar))
        return to_string(binding.element) + " is wanted; view it `as` that type if its bytes mean that.";
    return {};
}

// Scalars ------------------------------------------------------------------------------------------

using Number = std::variant<i64, u64, f64>;

template <class T>
T load(const void* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

Number read_number(Scalar scalar, const void* from) {
    switch (scalar) {
        case Scalar::boolean:
            return u64{load<u8>(from) != 0};
        case Scalar::i8:
            return i64{load<i8>(from)};
        case Scalar::i16:
            return i64{load<i16>(from)};
        case Scalar::i32:
            return i64{load<i32>(from)};
        case Scalar::i64:
            return load<i64>(from);
        case Scalar::u8:
            return u64{load<u8>(from)};
        case Scalar::u16:
            return u64{load<u16>(from)};
        case Scalar::u32:
            return u64{load<u32>(from)};
        case Scalar::u64:
            return load<u64>(from);
        case Scalar::f16:
            return f64{static_cast<float>(load<f16>(from))};
        case Scalar::bf16:
            return f64{static_cast<float>(load<bf16>(from))};
        case Scalar::f32:
            return f64{load<f32>(from)};
        case Scalar::f64:
            return load<f64>(from);
        case Scalar::record:
            break;
    }
    return u64{0};
}

std::string number_text(const Number& number) {
    return std::visit([](auto value) { return std::to_string(value); }, number);
}

template <class T>
bool write_integer(const Number& number, void* to) {
    T value{};
    if (const auto* negative = std::get_if<i64>(&number)) {
        if (!std::in_range<T>(*negative)) return false;
        value = static_cast<T>(*negative);
    } else if (const auto* positive = std::get_if<u64>(&number)) {
        if (!std::in_range<T>(*positive)) return false;
        value = static_cast<T>(*positive);
    } else {
        return false;
    }
    std::memcpy(to, &value, sizeof value);
    return true;
}

// The value as a double, if that is exact.
bool as_double(const Number& number, f64& out) {
    if (const auto* real = std::get_if<f64>(&number)) {
        out = *real;
        return true;
    }
    const bool exact = std::visit(
        [&](auto value) {
            out = static_cast<f64>(value);
            constexpr f64 limit = 9007199254740992.0;  // 2^53
            return out >= -limit && out <= limit;
        },
        number);
    return exact;
}

// Reals round; integers must stay what they are, and nothing finite may become infinite.
template <class T>
bool write_float(const Number& number, void* to) {
    f64 wide = 0;
    if (!as_double(number, wide)) return false;
    T value{};
    f64 back = 0;
    if constexpr (std::is_same_v<T, f64>) {
        value = wide;
        back = wide;
    } else {
        value = T(static_cast<float>(wide));
        back = f64{static_cast<float>(value)};
    }
    if (std::isfinite(wide) && !std::isfinite(back)) return false;
    if (!std::holds_alternative<f64>(number) && back != wide) return false;
    std::memcpy(to, &value, sizeof value);
    return true;
}

bool write_number(Scalar scalar, const Number& number, void* to) {
    switch (scalar) {
        case Scalar::boolean: {
            const auto* value = std::get_if<u64>(&number);
            if (value == nullptr || *value > 1) return false;
            const u8 byte = static_cast<u8>(*value);
            std::memcpy(to, &byte, 1);
            return true;
        }
        case Scalar::i8:
            return write_integer<i8>(number, to);
        case Scalar::i16:
            return write_integer<i16>(number, to);
        case Scalar::i32:
            return write_integer<i32>(number, to);
        case Scalar::i64:
            return write_integer<i64>(number, to);
        case Scalar::u8:
            return write_integer<u8>(number, to);
        case Scalar::u16:
            return write_integer<u16>(number, to);
        case Scalar::u32:
            return write_integer<u32>(number, to);
        case Scalar::u64:
            return write_integer<u64>(number, to);
        case Scalar::f16:
            return write_float<f16>(number, to);
        case Scalar::bf16:
            return write_float<bf16>(number, to);
        case Scalar::f32:
            return write_float<f32>(number, to);
        case Scalar::f64:
            return write_float<f64>(number, to);
        case Scalar::record:
            break;
    }
    return false;
}

std::string argument_text(const Argument& argument) {
    if (argument.scalar == Scalar::record) return "a struct of " + std::to_string(argument.size_bytes) + " bytes";
    if (argument.lanes != 1) return std::string(to_string(argument.scalar)) + "x" + std::to_string(argument.lanes);
    return std::string(to_string(argument.scalar)) + " " + number_text(read_number(argument.scalar, argument.value));
}

}  // namespace

std::string mismatch(const BindingInfo& binding, const DType& given, u64 size_bytes) {
    if (binding.stride_bytes != 0 && binding.fixed_bytes == 0) {
        // The common case first: the very type of the elements, without padding.
        if (given.scalar == binding.element.scalar && given.scalar != Scalar::record &&
            given.lanes == binding.element.lanes && given.columns == binding.element.columns &&
            given.size_bytes == binding.stride_bytes)
            return {};
        return element_mismatch(binding, given, size_bytes);
    }
    return block_mismatch(binding, given, size_bytes);
}

std::string convert_scalar(const ScalarInfo& info, const Argument& argument, std::span<std::byte> place) {
    // The common case first: one value of the very type.
    if (argument.scalar == info.type.scalar && argument.scalar != Scalar::record && argument.lanes == 1 &&
        info.type.lanes == 1 && info.type.columns == 1) {
        std::memcpy(place.data(), argument.value, argument.size_bytes);
        return {};
    }
    const auto wanted = [&] { return argument_text(argument) + "; " + to_string(info.type) + " is wanted"; };
    if (info.type.scalar == Scalar::record || argument.scalar == Scalar::record) {
        if (argument.size_bytes != info.size_bytes)
            return wanted() + ", " + std::to_string(info.size_bytes) + " bytes.";
        std::memcpy(place.data(), argument.value, info.size_bytes);
        return {};
    }
    const u32 count = u32{info.type.lanes} * info.type.columns;
    if (argument.lanes != count) return wanted() + ".";
    const u32 from_bytes = argument.size_bytes / argument.lanes;
    const u32 to_bytes = size_bytes(info.type.scalar);
    const u32 column_bytes = info.size_bytes / info.type.columns;
    for (u32 i = 0; i < count; ++i) {
        const auto* from = static_cast<const std::byte*>(argument.value) + std::size_t{i} * from_bytes;
        std::byte* to = place.data() + std::size_t{i / info.type.lanes} * column_bytes +
                        std::size_t{i % info.type.lanes} * to_bytes;
        if (argument.scalar == info.type.scalar) std::memcpy(to, from, to_bytes);
        else if (!write_number(info.type.scalar, read_number(argument.scalar, from), to))
            return wanted() +
                   (argument.lanes == 1 ? ", which cannot hold it." : ", which cannot hold every component.");
    }
    return {};
}

}  // namespace alkomp::detail
