// SPDX-License-Identifier: MIT OR Apache-2.0
// The types that kernels compute with: scalars, short vectors, arrays, and structs that list their members.
#pragma once

#include "alkomp/lang/record.h"
#include "alkomp/lang/vector_type.h"

#include <string_view>
#include <type_traits>

namespace alkomp {

enum class MatrixUse : u8 { a, b, accumulator };  ///< in the product a b + accumulator

/// A matrix that the invocations of a subgroup hold together, each of them some of its elements: the type of a Val or Var
/// (alkomp/lang/matrix.h). It has no value on the host.
template <class T, u32 Rows, u32 Columns, MatrixUse Use>
struct Matrix {
    Matrix() = delete;
};
template <class T, u32 Rows, u32 Columns>
using MatrixA = Matrix<T, Rows, Columns, MatrixUse::a>;
template <class T, u32 Rows, u32 Columns>
using MatrixB = Matrix<T, Rows, Columns, MatrixUse::b>;
template <class T, u32 Rows, u32 Columns>
using Accumulator = Matrix<T, Rows, Columns, MatrixUse::accumulator>;

/// A struct's members, all of them and in order: `using fields = alkomp::Fields<&P::position, &P::mass>;`.
template <auto... Members>
struct Fields {};

/// Where the members of a struct are listed. For a struct that cannot be changed, a specialisation lists them:
/// `template <> struct alkomp::Reflect<P> { using fields = alkomp::Fields<&P::position, &P::mass>; };`.
template <class T>
struct Reflect {};
template <class T>
    requires requires { typename T::fields; }
struct Reflect<T> {
    using fields = typename T::fields;
};

namespace detail {

template <class T>
inline constexpr bool kNever = false;  ///< for messages: a template that must not be used

template <class T>
concept Number = scalar_of<T>() !=
Scalar::record;  ///< a scalar, bool among them

// What a type is made of. `Element` is the type itself where it has no parts.
template <class T>
struct Shape {
    using Element = T;
    static constexpr bool is_vector = false, is_array = false, is_matrix = false;
    static constexpr u32 count = 1;
};
template <class T, std::size_t N>
struct Shape<std::array<T, N>> {
    using Element = T;
    static constexpr bool is_vector = Number<T> && N >= 2 && N <= 4, is_array = !is_vector, is_matrix = false;
    static constexpr u32 count = N;
};
template <class T, std::size_t N>
struct Shape<T[N]> {
    using Element = T;
    static constexpr bool is_vector = false, is_array = true, is_matrix = false;
    static constexpr u32 count = N;
};
template <class T, u32 Rows, u32 Columns, MatrixUse Use>
struct Shape<Matrix<T, Rows, Columns, Use>> {
    using Element = T;
    static constexpr bool is_vector = false, is_array = false, is_matrix = true;
    static constexpr u32 count = 0, rows = Rows, columns = Columns;
    static constexpr MatrixUse use = Use;
};

template <class T>
concept Vector = Shape<T>::is_vector;
template <class T>
concept Array = Shape<T>::is_array;
template <class T>
concept MatrixType = Shape<T>::is_matrix;
template <class T>
concept Numeric = Number<T> || Vector<T>;  ///< what operators take
template <class T>
concept Structure = requires { typename Reflect<T>::fields; };
template <class T>
concept KernelType = Numeric<T> || Array<T> || Structure<T> || MatrixType<T>;

template <class T>
using ScalarOf = std::conditional_t<Vector<T> || MatrixType<T>, typename Shape<T>::Element, T>;
template <class T>
inline constexpr Scalar kScalar = scalar_of<ScalarOf<T>>();
template <class T>
inline constexpr u32 kLanes = Vector<T> ? Shape<T>::count : 1;
template <class Element, u32 Count>
struct WithLanes {
    using type = std::array<Element, Count>;
};
template <class Element>
struct WithLanes<Element, 1> {
    using type = Element;
};
template <class Element, u32 Count>
using VectorOf = typename WithLanes<Element, Count>::type;
/// What a comparison of T gives: a bool for each lane.
template <class T>
using MaskOf = VectorOf<bool, kLanes<T>>;

constexpr bool is_float(Scalar s) { return s >= Scalar::f16 && s <= Scalar::f64; }
constexpr bool is_signed_integer(Scalar s) { return s >= Scalar::i8 && s <= Scalar::i64; }
constexpr bool is_unsigned_integer(Scalar s) { return s >= Scalar::u8 && s <= Scalar::u64; }
constexpr bool is_integer(Scalar s) { return s >= Scalar::i8 && s <= Scalar::u64; }
/// Of an integer; of a float those of the integers that it holds exactly.
constexpr u32 bits_of(Scalar s) {
    constexpr u32 kBits[]{1, 8, 16, 32, 64, 8, 16, 32, 64, 11, 8, 24, 53, 0};
    return kBits[static_cast<u32>(s)];
}
/// True if every value of `from` is one of `to`.
constexpr bool fits(Scalar from, Scalar to) {
    if (from == to) return true;
    if (to == Scalar::boolean) return false;
    if (from == Scalar::boolean) return true;
    if (is_float(to) && is_float(from)) return to == Scalar::f64 || (to == Scalar::f32 && from != Scalar::f64);
    if (is_float(from)) return false;
    if (is_float(to)) return bits_of(from) - (is_signed_integer(from) ? 1 : 0) <= bits_of(to);
    if (is_signed_integer(from)) return is_signed_integer(to) && bits_of(from) <= bits_of(to);
    return bits_of(from) + (is_signed_integer(to) ? 1 : 0) <= bits_of(to);
}

template <auto Member>
struct MemberOf;
template <class C, class M, M C::*Member>
struct MemberOf<Member> {
    using Struct = C;
    using Type = M;
};

/// "position", from what the compiler writes for &Particle::position.
template <auto Member>
constexpr std::string_view member_name() {
#if defined(_MSC_VER) && !defined(__clang__)
    std::string_view text = __FUNCSIG__;
    text.remove_suffix(text.size() - text.rfind('>'));
#else
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_suffix(text.size() - text.find_first_of(";]", text.find('&')));
#endif
    text.remove_prefix(text.rfind(':') + 1);
    return text;
}
template <class T>
constexpr std::string_view type_name() {
#if defined(_MSC_VER) && !defined(__clang__)
    std::string_view text = __FUNCSIG__;
    text.remove_suffix(text.size() - text.rfind('>'));
    const std::size_t front = text.find_last_of(" :<");
#else
    std::string_view text = __PRETTY_FUNCTION__;
    const std::size_t begin = text.find("T = ") + 4;
    text = text.substr(begin, text.find_first_of(";]", begin) - begin);
    const std::size_t front = text.rfind(':');
#endif
    if (front != std::string_view::npos) text.remove_prefix(front + 1);
    return text;
}

template <class T>
constexpr const TypeInfo& type_info();

template <class T, class List = typename Reflect<T>::fields>
struct Members;
template <class T, auto... Each>
struct Members<T, Fields<Each...>> {
    static constexpr u32 count = sizeof...(Each);
    static constexpr bool has_matrix = (MatrixType<typename MemberOf<Each>::Type> || ...);
    template <u32 At>
    using Type = std::tuple_element_t<At, std::tuple<typename MemberOf<Each>::Type...>>;

    /// The size that the listed members have by C++'s rules.
    static constexpr std::size_t expected_size() {
        std::size_t at = 0;
        const auto add = [&](std::size_t size, std::size_t alignment) {
            at = (at + alignment - 1) / alignment * alignment + size;
        };
        (add(sizeof(typename MemberOf<Each>::Type), alignof(typename MemberOf<Each>::Type)), ...);
        add(0, alignof(T));
        return at;
    }
    static void list(MemberInfo* out) {
        alignas(T) static constexpr unsigned char kMemory[sizeof(T)]{};
        const auto* object = reinterpret_cast<const T*>(kMemory);
        const auto offset = [&](const auto& member) {
            return static_cast<u32>(reinterpret_cast<const unsigned char*>(&member) - kMemory);
        };
        ((*out++ = {member_name<Each>(), &type_info<typename MemberOf<Each>::Type>(), offset(object->*Each)}), ...);
    }
    /// The place of a member in the list.
    template <class M>
    static constexpr u32 place(M T::*wanted) {
        u32 at = 0;
        const auto is = [&](auto member) {
            if constexpr (std::is_same_v<decltype(member), M T::*>) {
                if (member == wanted) return true;
            }
            ++at;
            return false;
        };
        static_cast<void>((is(Each) || ...));
        return at;
    }
};

template <class T>
constexpr TypeInfo make_type_info() {
    using Kind = TypeInfo::Kind;
    TypeInfo info;
    info.size_bytes = sizeof(T);
    if constexpr (Numeric<T>) {
        info.kind = Vector<T> ? Kind::vector : Kind::scalar;
        info.scalar = kScalar<T>;
        info.count = kLanes<T>;
        if constexpr (Vector<T>) info.element = &type_info<ScalarOf<T>>();
    } else if constexpr (MatrixType<T>) {
        constexpr bool is_number = Number<ScalarOf<T>> && kScalar<T> != Scalar::boolean;
        static_assert(is_number, "alkomp: the elements of a matrix are numbers.");
        info.kind = Kind::matrix;
        info.scalar = kScalar<T>;
        info.count = 0;
        info.rows = Shape<T>::rows;
        info.columns = Shape<T>::columns;
        info.use = static_cast<u8>(Shape<T>::use);
        info.element = &type_info<ScalarOf<T>>();
    } else if constexpr (Array<T>) {
        constexpr bool is_matrix = MatrixType<typename Shape<T>::Element>;
        static_assert(!is_matrix,
                      "alkomp: a matrix is a Val or Var of its own: an array of the host can hold several.");
        info.kind = Kind::array;
        info.count = Shape<T>::count;
        info.element = &type_info<typename Shape<T>::Element>();
    } else if constexpr (Structure<T>) {
        constexpr bool is_plain = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T>;
        static_assert(is_plain, "alkomp: a kernel's struct is trivially copyable and of standard layout.");
        constexpr bool is_whole = Members<T>::expected_size() == sizeof(T);
        static_assert(is_whole, "alkomp: Fields<...> lists every member of the struct, in order.");
        constexpr bool has_matrix = Members<T>::has_matrix;
        static_assert(!has_matrix, "alkomp: a matrix is a Val or Var of its own, no member of a struct.");
        info.kind = Kind::structure;
        info.count = Members<T>::count;
        info.name = type_name<T>();
        info.members = &Members<T>::list;
    } else {
        static_assert(kNever<T>, "alkomp: no type of a kernel; a struct lists its members: Fields<&S::a, ...>.");
    }
    return info;
}
template <class T>
inline constexpr TypeInfo kTypeInfo = make_type_info<T>();
template <class T>
constexpr const TypeInfo& type_info() {
    return kTypeInfo<std::remove_cv_t<T>>;
}

}  // namespace detail
}  // namespace alkomp
