// SPDX-License-Identifier: MIT OR Apache-2.0
// The types of the IR. Equal types are kept once, so ids compare as types.
#pragma once

#include "alkomp/dtype.h"
#include "ir/place_table.h"

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::ir {

enum class TypeId : u32 { none = 0 };

enum class Space : u8 { storage, uniform, scalars, shared, local, address };
enum class Scope : u8 { invocation, subgroup, workgroup, device };
enum class MatrixUse : u8 { a, b, accumulator };  ///< of a cooperative matrix

struct Type {
    enum class Kind : u8 {
        nothing,             ///< of functions that return nothing
        scalar,              ///< `scalar`: bool, an integer, a float
        vector,              ///< `count` (2 to 4) of `element`
        matrix,              ///< `count` columns, vectors of type `element`; `stride_bytes` and `row_major` in memory
        array,               ///< `length` of `element`
        runtime_array,       ///< as many of `element` as the buffer holds
        structure,           ///< `members`
        pointer,             ///< to an `element` in `space`
        cooperative_matrix,  ///< `rows` x `columns` of `element`, held by all invocations of `scope`
    };
    struct Member {
        std::string name;
        TypeId type = TypeId::none;
        u32 offset_bytes = 0;
        bool operator==(const Member&) const = default;
    };

    Kind kind = Kind::nothing;
    Scalar scalar = Scalar::u32;
    TypeId element = TypeId::none;
    u32 count = 0;
    u32 length = 0;  ///< of an array: the ValueId of a constant, an u32
    u32 stride_bytes = 0;
    bool row_major = false;
    Space space = Space::local;
    Scope scope = Scope::subgroup;
    MatrixUse use = MatrixUse::a;
    u32 rows = 0, columns = 0;
    std::string name;  ///< of a structure
    std::vector<Member> members;
    u32 size_bytes = 0;  ///< of a structure in memory, tail padding in it; 0: it has no layout
    bool operator==(const Type&) const = default;
};

class Types {
public:
    Types();

    [[nodiscard]] const Type& operator[](TypeId id) const { return types_[static_cast<u32>(id)]; }
    [[nodiscard]] u32 size() const noexcept { return static_cast<u32>(types_.size()); }

    [[nodiscard]] TypeId nothing() const { return nothing_; }
    [[nodiscard]] TypeId scalar(Scalar kind);
    [[nodiscard]] TypeId vector(Scalar kind, u32 lanes);  ///< a scalar if lanes is 1
    [[nodiscard]] TypeId vector(TypeId scalar, u32 lanes);
    [[nodiscard]] TypeId matrix(Scalar kind, u32 columns, u32 rows, u32 stride_bytes = 0, bool row_major = false);
    [[nodiscard]] TypeId array(TypeId element, u32 length_value, u32 stride_bytes = 0);
    [[nodiscard]] TypeId runtime_array(TypeId element, u32 stride_bytes);
    [[nodiscard]] TypeId pointer(Space space, TypeId pointee);
    [[nodiscard]] TypeId cooperative_matrix(Scalar kind, Scope scope, u32 rows, u32 columns, MatrixUse use);
    [[nodiscard]] TypeId add(const Type& type);

    [[nodiscard]] bool is(TypeId id, Type::Kind kind) const { return (*this)[id].kind == kind; }
    [[nodiscard]] bool is_boolean(TypeId id) const;  ///< bool, or a vector of it
    [[nodiscard]] bool is_integer(TypeId id) const;  ///< an integer, or a vector or cooperative matrix of one
    [[nodiscard]] bool is_signed(TypeId id) const;
    [[nodiscard]] bool is_float(TypeId id) const;  ///< a float, or a vector or cooperative matrix of one
    /// Of a scalar, a vector, a matrix, a cooperative matrix.
    [[nodiscard]] Scalar scalar_of(TypeId id) const;
    [[nodiscard]] u32 bits(TypeId id) const;   ///< of the scalar in it; 1 for bool
    [[nodiscard]] u32 lanes(TypeId id) const;  ///< of a vector; else 1
    /// The same shape with another scalar: "is each lane less" of f32x4 is boolx4.
    [[nodiscard]] TypeId with_scalar(TypeId id, Scalar kind);
    /// Of a part: a member, an element, a lane, a column. `index` matters for structures only.
    [[nodiscard]] TypeId part(TypeId id, u64 index);

private:
    static constexpr std::size_t kScalars = static_cast<std::size_t>(Scalar::record) + 1, kMostLanes = 4;

    std::deque<Type> types_;  // references stay right while it grows
    PlaceTable places_;
    std::array<std::array<TypeId, kMostLanes>, kScalars> vectors_{};  // those that there are; 1 lane: scalars
    TypeId nothing_ = TypeId::none;
};

[[nodiscard]] bool is_signed(Scalar scalar) noexcept;
[[nodiscard]] bool is_integer(Scalar scalar) noexcept;
[[nodiscard]] bool is_float(Scalar scalar) noexcept;
[[nodiscard]] std::string_view to_string(Space space) noexcept;
[[nodiscard]] std::string_view to_string(Scope scope) noexcept;
[[nodiscard]] std::string_view to_string(MatrixUse use) noexcept;

}  // namespace alkomp::ir
