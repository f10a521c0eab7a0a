// SPDX-License-Identifier: MIT OR Apache-2.0
// Element types between numpy's descr and alkomp's DType.
#include "array.h"

#include "failure.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace alkomp::command {
namespace {

constexpr u32 kMaxElementBytes = 1U << 30;

struct ScalarName {
    std::string_view name;
    std::string_view code;  ///< numpy's, without byte order
    Scalar scalar;
    u8 lanes;
};

constexpr std::array<ScalarName, 14> kScalarNames{{
    {"bool", "b1", Scalar::boolean, 1},
    {"i8", "i1", Scalar::i8, 1},
    {"i16", "i2", Scalar::i16, 1},
    {"i32", "i4", Scalar::i32, 1},
    {"i64", "i8", Scalar::i64, 1},
    {"u8", "u1", Scalar::u8, 1},
    {"u16", "u2", Scalar::u16, 1},
    {"u32", "u4", Scalar::u32, 1},
    {"u64", "u8", Scalar::u64, 1},
    {"f16", "f2", Scalar::f16, 1},
    {"f32", "f4", Scalar::f32, 1},
    {"f64", "f8", Scalar::f64, 1},
    {"c64", "c8", Scalar::f32, 2},
    {"c128", "c16", Scalar::f64, 2},
}};

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

ElementType named(const ScalarName& name) {
    const DType type(name.scalar, name.lanes);
    const char* order = size_bytes(name.scalar) == 1 ? "|" : "<";
    return {type, quoted(order + std::string(name.code))};
}

/// A text type: byte order, kind, bytes.
ElementType simple_element(const std::string& text, u32 offset_bytes, std::vector<SwappedScalar>& swapped) {
    std::string_view code = text;
    char order = '|';
    if (!code.empty() && std::string_view("<>=|").find(code.front()) != std::string_view::npos) {
        order = code.front();
        code.remove_prefix(1);
    }
    for (const ScalarName& name : kScalarNames) {
        if (code != name.code) continue;
        ElementType element = named(name);
        const u32 scalar_bytes = size_bytes(name.scalar);
        if (order == '>' && scalar_bytes > 1) {
            for (u32 lane = 0; lane < name.lanes; ++lane)
                swapped.push_back({offset_bytes + lane * scalar_bytes, scalar_bytes});
        }
        return element;
    }
    if (code.starts_with('V')) {
        u32 bytes = 0;
        const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), bytes);
        if (error == std::errc() && end == code.data() + code.size() && bytes > 0 && bytes <= kMaxElementBytes) {
            return {DType::opaque(bytes), quoted("|" + std::string(code))};
        }
    }
    const char kind = code.empty() ? ' ' : code.front();
    if (kind == 'O') throw Failure("it holds Python objects (dtype object), which no kernel takes");
    if (kind == 'S' || kind == 'U' || kind == 'a')
        throw Failure("it holds text (dtype " + text + "), which no kernel takes");
    if (kind == 'M' || kind == 'm') {
        throw Failure("it holds times (dtype " + text + "), which no kernel takes; save x.view('i8') instead");
    }
    throw Failure("dtype " + quoted(text) + " is none of " + std::string(element_names()) + " or a struct of them");
}

struct ReadField {
    std::string name;
    ElementType element;
    Shape shape;
    std::string title;
};

ReadField read_field(const Literal& literal, u32 offset_bytes, std::vector<SwappedScalar>& swapped);

ElementType element_at(const Literal& descr, u32 offset_bytes, std::vector<SwappedScalar>& swapped) {
    if (const auto* text = descr.as<std::string>()) return simple_element(*text, offset_bytes, swapped);
    const auto* list = descr.as<Literal::Sequence>();
    if (list == nullptr || list->tuple || list->items.empty())
        throw Failure("its dtype is neither text nor a list of fields");
    RecordLayout layout;
    std::string out = "[";
    u64 at = 0;
    for (const Literal& item : list->items) {
        ReadField field = read_field(item, offset_bytes + static_cast<u32>(at), swapped);
        const u64 count = element_count(field.shape);
        const u64 bytes = array_bytes(field.element, field.shape);
        if (count > kMaxElementBytes || at + bytes > kMaxElementBytes)
            throw Failure("one element of it is larger than 1 GiB");
        if (out.size() > 1) out += ", ";
        out += "(" +
               (field.title.empty() ? quoted(field.name) : "(" + quoted(field.title) + ", " + quoted(field.name) + ")");
        out += ", " + field.element.descr;
        if (!field.shape.empty()) {
            out += ", (";
            for (const u64 extent : field.shape) out += std::to_string(extent) + ",";
            out += ")";
        }
        out += ")";
        // numpy writes the gaps of an aligned dtype as nameless void fields.
        if (!field.name.empty() && count > 0) {
            const u32 stride = field.element.type.size_bytes;
            layout.fields.push_back({field.name, field.element.type, static_cast<u32>(at), static_cast<u32>(count),
                                     field.shape.empty() ? 0 : stride});
        }
        at += bytes;
    }
    layout.size_bytes = static_cast<u32>(at);
    if (layout.size_bytes == 0) throw Failure("one element of it has no bytes");
    return {DType::structure(std::move(layout)), out + "]"};
}

ReadField read_field(const Literal& literal, u32 offset_bytes, std::vector<SwappedScalar>& swapped) {
    const auto* tuple = literal.as<Literal::Sequence>();
    if (tuple == nullptr || tuple->items.size() < 2 || tuple->items.size() > 3) {
        throw Failure("a field of its dtype is not (name, type) or (name, type, shape)");
    }
    ReadField field;
    if (const auto* name = tuple->items[0].as<std::string>()) {
        field.name = *name;
    } else if (const auto* pair = tuple->items[0].as<Literal::Sequence>(); pair != nullptr && pair->items.size() == 2) {
        const auto* title = pair->items[0].as<std::string>();
        const auto* inner = pair->items[1].as<std::string>();
        if (title == nullptr || inner == nullptr) throw Failure("a field's name in its dtype is not text");
        field.title = *title;
        field.name = *inner;
    } else {
        throw Failure("a field's name in its dtype is not text");
    }
    if (tuple->items.size() == 3) {
        const Literal& shape = tuple->items[2];
        std::vector<Literal> extents;
        if (const auto* several = shape.as<Literal::Sequence>()) extents = several->items;
        else extents = {shape};
        for (const Literal& extent : extents) {
            const auto* number = extent.as<std::int64_t>();
            if (number == nullptr || *number < 0)
                throw Failure("the shape of field " + quoted(field.name) + " is not whole numbers");
            field.shape.push_back(static_cast<u64>(*number));
        }
    }
    std::vector<SwappedScalar> first;
    field.element = element_at(tuple->items[1], offset_bytes, first);
    const u64 count = first.empty() ? 0 : std::min<u64>(element_count(field.shape), kMaxElementBytes);
    for (u64 i = 0; i < count; ++i) {
        if (swapped.size() > (1U << 16)) throw Failure("one element of it has more than 65536 big-endian scalars");
        for (const SwappedScalar& one : first) {
            swapped.push_back({one.offset_bytes + static_cast<u32>(i) * field.element.type.size_bytes, one.size_bytes});
        }
    }
    return field;
}

/// The descr of a record's member with its array or vector extents, or nothing.
std::optional<std::string> member_descr(const Field& field) {
    const DType& type = field.type;
    const u32 tight = size_bytes(type.scalar) * type.lanes * type.columns;
    std::string extents;
    if (field.count > 1 || field.stride_bytes != 0) {
        if (field.stride_bytes != 0 && field.stride_bytes != type.size_bytes) return std::nullopt;
        extents += std::to_string(field.count) + ",";
    }
    std::optional<ElementType> element;
    if (type.scalar == Scalar::record) {
        element = element_from_type(type);
    } else {
        if (type.size_bytes != tight) return std::nullopt;
        if (type.columns > 1) extents += std::to_string(type.columns) + ",";
        if (type.lanes > 1) extents += std::to_string(type.lanes) + ",";
        element = element_from_type(DType(type.scalar));
    }
    if (!element) return std::nullopt;
    std::string out = "(" + quoted(field.name) + ", " + element->descr;
    if (!extents.empty()) out += ", (" + extents + ")";
    return out + ")";
}

}  // namespace

ElementType element_from_descr(const Literal& descr, std::vector<SwappedScalar>& swapped) {
    return element_at(descr, 0, swapped);
}

std::optional<ElementType> element_from_name(std::string_view name) {
    const auto found = std::ranges::find(kScalarNames, name, &ScalarName::name);
    if (found == kScalarNames.end()) return std::nullopt;
    return named(*found);
}

std::string_view element_names() { return "bool i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64 c64 c128"; }

std::optional<ElementType> element_from_type(const DType& type) {
    if (type.scalar != Scalar::record) {
        if (type.lanes != 1 || type.columns != 1) return std::nullopt;
        const auto found = std::ranges::find(kScalarNames, type.scalar, &ScalarName::scalar);
        if (found == kScalarNames.end()) return std::nullopt;
        return named(*found);
    }
    if (!type.record || type.record->fields.empty()) {
        return ElementType{type, quoted("|V" + std::to_string(type.size_bytes))};
    }
    std::string out = "[";
    u32 at = 0;
    const auto gap = [&](u32 to) {
        if (to > at) out += std::string(out.size() > 1 ? ", " : "") + "('', '|V" + std::to_string(to - at) + "')";
    };
    for (const Field& field : type.record->fields) {
        const std::optional<std::string> member = member_descr(field);
        if (!member || field.offset_bytes < at) return std::nullopt;
        gap(field.offset_bytes);
        out += (out.size() > 1 ? ", " : "") + *member;
        at = field.offset_bytes + (field.stride_bytes != 0 ? field.stride_bytes : field.type.size_bytes) * field.count;
    }
    gap(type.size_bytes);
    return ElementType{type, out + "]"};
}

u64 element_count(const Shape& shape) {
    if (std::ranges::find(shape, u64{0}) != shape.end()) return 0;
    u64 count = 1;
    for (const u64 extent : shape) {
        if (count > std::numeric_limits<u64>::max() / extent)
            throw Failure("the shape " + to_string(shape) + " has more than 2^64 elements");
        count *= extent;
    }
    return count;
}

u64 array_bytes(const ElementType& element, const Shape& shape) {
    const u64 count = element_count(shape);
    if (count > std::numeric_limits<u64>::max() / element.type.size_bytes) {
        throw Failure("the shape " + to_string(shape) + " has more than 2^64 bytes");
    }
    return count * element.type.size_bytes;
}

std::string to_string(const Shape& shape) {
    std::string out = "[";
    for (const u64 extent : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
    return out + "]";
}

}  // namespace alkomp::command
