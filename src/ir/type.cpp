// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/type.h"

#include <array>
#include <functional>

namespace alkomp::ir {
namespace {

template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) noexcept {
    const auto place = static_cast<std::size_t>(value);
    return place < N ? names[place] : std::string_view();
}

u32 hash_of(const Type& type) {
    Mix mix;
    const auto pair = [&](auto a, auto b) { mix.add(static_cast<u64>(a) << 32 | static_cast<u64>(b)); };
    pair(type.kind, type.scalar);
    pair(type.element, type.count);
    pair(type.length, type.stride_bytes);
    pair(type.size_bytes, type.rows);
    pair(type.columns, type.space);
    pair(type.scope, type.use);
    mix.add(type.row_major);
    if (type.kind != Type::Kind::structure) return mix.hash();
    mix.add(std::hash<std::string>()(type.name));
    for (const Type::Member& member : type.members) {
        mix.add(std::hash<std::string>()(member.name));
        pair(member.type, member.offset_bytes);
    }
    return mix.hash();
}

}  // namespace

bool is_signed(Scalar scalar) noexcept {
    return scalar == Scalar::i8 || scalar == Scalar::i16 || scalar == Scalar::i32 || scalar == Scalar::i64;
}

bool is_integer(Scalar scalar) noexcept {
    return is_signed(scalar) || scalar == Scalar::u8 || scalar == Scalar::u16 || scalar == Scalar::u32 ||
           scalar == Scalar::u64;
}

bool is_float(Scalar scalar) noexcept {
    return scalar == Scalar::f16 || scalar == Scalar::bf16 || scalar == Scalar::f32 || scalar == Scalar::f64;
}

std::string_view to_string(Space space) noexcept {
    static constexpr std::array<std::string_view, 6> kNames{"storage", "uniform", "scalars",
                                                            "shared",  "local",   "address"};
    return name_in(kNames, space);
}

std::string_view to_string(Scope scope) noexcept {
    static constexpr std::array<std::string_view, 4> kNames{"invocation", "subgroup", "workgroup", "device"};
    return name_in(kNames, scope);
}

std::string_view to_string(MatrixUse use) noexcept {
    static constexpr std::array<std::string_view, 3> kNames{"a", "b", "accumulator"};
    return name_in(kNames, use);
}

Types::Types() {
    types_.emplace_back();  // none
    nothing_ = TypeId{1};
    types_.emplace_back();
}

TypeId Types::add(const Type& type) {
    const u32 hash = hash_of(type);
    const u32 found = places_.find(hash, [&](u32 at) { return types_[at] == type; });
    if (found != PlaceTable::kNone) return TypeId{found};
    const u32 at = size();
    places_.add(hash, at);
    types_.push_back(type);
    return TypeId{at};
}

TypeId Types::scalar(Scalar kind) {
    TypeId& known = vectors_[static_cast<std::size_t>(kind)][0];
    if (known != TypeId::none) return known;
    Type type;
    type.kind = Type::Kind::scalar;
    type.scalar = kind;
    return known = add(type);
}

TypeId Types::vector(TypeId scalar, u32 lanes) {
    if (lanes == 1) return scalar;
    const auto add_vector = [&] {
        Type type;
        type.kind = Type::Kind::vector;
        type.scalar = (*this)[scalar].scalar;
        type.element = scalar;
        type.count = lanes;
        return add(type);
    };
    if (!is(scalar, Type::Kind::scalar) || lanes == 0 || lanes > kMostLanes) return add_vector();
    TypeId& known = vectors_[static_cast<std::size_t>((*this)[scalar].scalar)][lanes - 1];
    return known != TypeId::none ? known : known = add_vector();
}

TypeId Types::vector(Scalar kind, u32 lanes) { return vector(scalar(kind), lanes); }

TypeId Types::matrix(Scalar kind, u32 columns, u32 rows, u32 stride_bytes, bool row_major) {
    Type type;
    type.kind = Type::Kind::matrix;
    type.scalar = kind;
    type.element = vector(kind, rows);
    type.count = columns;
    type.stride_bytes = stride_bytes;
    type.row_major = row_major;
    return add(type);
}

TypeId Types::array(TypeId element, u32 length_value, u32 stride_bytes) {
    Type type;
    type.kind = Type::Kind::array;
    type.element = element;
    type.length = length_value;
    type.stride_bytes = stride_bytes;
    return add(type);
}

TypeId Types::runtime_array(TypeId element, u32 stride_bytes) {
    Type type;
    type.kind = Type::Kind::runtime_array;
    type.element = element;
    type.stride_bytes = stride_bytes;
    return add(type);
}

TypeId Types::pointer(Space space, TypeId pointee) {
    Type type;
    type.kind = Type::Kind::pointer;
    type.space = space;
    type.element = pointee;
    return add(type);
}

TypeId Types::cooperative_matrix(Scalar kind, Scope scope, u32 rows, u32 columns, MatrixUse use) {
    Type type;
    type.kind = Type::Kind::cooperative_matrix;
    type.element = scalar(kind);
    type.scope = scope;
    type.rows = rows;
    type.columns = columns;
    type.use = use;
    return add(type);
}

Scalar Types::scalar_of(TypeId id) const {
    const Type& type = (*this)[id];
    return type.kind == Type::Kind::cooperative_matrix ? (*this)[type.element].scalar : type.scalar;
}

namespace {

bool holds_scalars(const Type& type) {
    return type.kind == Type::Kind::scalar || type.kind == Type::Kind::vector ||
           type.kind == Type::Kind::cooperative_matrix;
}

}  // namespace

bool Types::is_boolean(TypeId id) const { return holds_scalars((*this)[id]) && scalar_of(id) == Scalar::boolean; }
bool Types::is_integer(TypeId id) const { return holds_scalars((*this)[id]) && ir::is_integer(scalar_of(id)); }
bool Types::is_signed(TypeId id) const { return holds_scalars((*this)[id]) && ir::is_signed(scalar_of(id)); }
bool Types::is_float(TypeId id) const { return holds_scalars((*this)[id]) && ir::is_float(scalar_of(id)); }

u32 Types::bits(TypeId id) const {
    const Scalar scalar = scalar_of(id);
    return scalar == Scalar::boolean ? 1 : 8 * alkomp::size_bytes(scalar);
}

u32 Types::lanes(TypeId id) const {
    const Type& type = (*this)[id];
    return type.kind == Type::Kind::vector ? type.count : 1;
}

TypeId Types::with_scalar(TypeId id, Scalar kind) {
    Type type = (*this)[id];
    const TypeId element = scalar(kind);
    switch (type.kind) {
        case Type::Kind::vector:
            return vector(element, type.count);
        case Type::Kind::matrix:
            return matrix(kind, type.count, (*this)[type.element].count, type.stride_bytes, type.row_major);
        case Type::Kind::cooperative_matrix:
            type.element = element;
            return add(type);
        case Type::Kind::nothing:
        case Type::Kind::scalar:
        case Type::Kind::array:
        case Type::Kind::runtime_array:
        case Type::Kind::structure:
        case Type::Kind::pointer:
            break;
    }
    return element;
}

TypeId Types::part(TypeId id, u64 index) {
    const Type& type = (*this)[id];
    if (type.kind == Type::Kind::structure)
        return index < type.members.size() ? type.members[static_cast<std::size_t>(index)].type : TypeId::none;
    return type.element;
}

}  // namespace alkomp::ir
