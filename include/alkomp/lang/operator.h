// SPDX-License-Identifier: MIT OR Apache-2.0
// The operators of kernels' values, with C++'s meaning on values of one type: nothing is promoted to int.
#pragma once

#include "alkomp/lang/operand.h"

namespace alkomp::detail {

// Results, made of nodes; Val is complete where these are instantiated.
template <class T>
[[nodiscard]] Val<T> binary(std::string_view op, const Operand<T>& a, const Operand<T>& b) {
    return Val<T>(apply(op, {a.node, b.node}, b.place));
}
template <class T>
[[nodiscard]] Val<MaskOf<T>> compare(std::string_view op, const Operand<T>& a, const Operand<T>& b) {
    return Val<MaskOf<T>>(apply(op, {a.node, b.node}, b.place));
}
template <class T, class X>
[[nodiscard]] Val<T> unary(std::string_view op, X&& x) {
    return Val<T>(apply(op, {input<T>(std::forward<X>(x), kNowhere)}, kNowhere));
}

enum class Kinds : u8 { none, truth, integers, floats, matrix };
template <class T>
inline constexpr Kinds kKinds = MatrixType<T>                   ? Kinds::matrix
                                : !Numeric<T>                   ? Kinds::none
                                : kScalar<T> == Scalar::boolean ? Kinds::truth
                                : is_float(kScalar<T>)          ? Kinds::floats
                                                                : Kinds::integers;

/// A shift's count: any integer, for each lane or for all.
template <class T>
struct ShiftCount : Input {
    template <class X>
        requires(is_integer(kScalar<ValueOf<X>>) && (kLanes<ValueOf<X>> == 1 || kLanes<ValueOf<X>> == kLanes<T>))
    ShiftCount(X&& x, Place where = {})  // NOLINT: a conversion
        : Input{count<ValueOf<X>>(std::forward<X>(x), where), where} {}

private:
    template <class From, class X>
    static Node count(X&& x, Place where) {
        if constexpr (DeviceValue<X>) return input<VectorOf<ScalarOf<From>, kLanes<T>>>(std::forward<X>(x), where);
        else return input<VectorOf<u32, kLanes<T>>>(std::forward<X>(x), where);
    }
};
/// The left side of a shift: its type is the result's, so it is not converted from another one of the device.
template <class T>
struct Shifted : Input {
    template <class X>
        requires(DeviceValue<X> ? std::is_same_v<ValueOf<X>, T> : Implicit<X, T>)
    Shifted(X&& x, Place where = {})  // NOLINT: a conversion
        : Input{input<T>(std::forward<X>(x), where), where} {}
};

template <class T>
struct Comparable {
    friend auto operator==(Operand<T> a, Operand<T> b) { return compare<T>("eq", a, b); }
    friend auto operator!=(Operand<T> a, Operand<T> b) { return compare<T>("ne", a, b); }
};
template <class T>
struct Ordered : Comparable<T> {
    friend auto operator<(Operand<T> a, Operand<T> b) { return compare<T>("lt", a, b); }
    friend auto operator<=(Operand<T> a, Operand<T> b) { return compare<T>("le", a, b); }
    friend auto operator>(Operand<T> a, Operand<T> b) { return compare<T>("gt", a, b); }
    friend auto operator>=(Operand<T> a, Operand<T> b) { return compare<T>("ge", a, b); }
    friend auto operator+(Operand<T> a, Operand<T> b) { return binary<T>("add", a, b); }
    friend auto operator-(Operand<T> a, Operand<T> b) { return binary<T>("sub", a, b); }
    friend auto operator*(Operand<T> a, Operand<T> b) { return binary<T>("mul", a, b); }
    friend auto operator/(Operand<T> a, Operand<T> b) { return binary<T>("div", a, b); }
};
/// Of matrices, element by element.
template <class T>
struct ByElement {
    friend auto operator+(Operand<T> a, Operand<T> b) { return binary<T>("add", a, b); }
    friend auto operator-(Operand<T> a, Operand<T> b) { return binary<T>("sub", a, b); }
    friend auto operator*(Operand<T> a, Operand<T> b) { return binary<T>("mul", a, b); }
};
template <class T>
struct QuotientsToo : ByElement<T> {
    friend auto operator/(Operand<T> a, Operand<T> b) { return binary<T>("div", a, b); }
};
template <class T>
struct Bitwise {
    friend auto operator&(Operand<T> a, Operand<T> b) { return binary<T>("bit_and", a, b); }
    friend auto operator|(Operand<T> a, Operand<T> b) { return binary<T>("bit_or", a, b); }
    friend auto operator^(Operand<T> a, Operand<T> b) { return binary<T>("bit_xor", a, b); }
};

/// The binary operators of values of type T, found through their operands.
template <class T, Kinds = kKinds<T>>
struct Operators {};
template <class T>
struct Operators<T, Kinds::floats> : Ordered<T> {};
template <class T>
struct Operators<T, Kinds::matrix> : std::conditional_t<is_float(kScalar<T>), QuotientsToo<T>, ByElement<T>> {};
template <class T>
struct Operators<T, Kinds::truth> : Comparable<T>, Bitwise<T> {};
template <class T>
struct Operators<T, Kinds::integers> : Ordered<T>, Bitwise<T> {
    friend auto operator%(Operand<T> a, Operand<T> b) { return binary<T>("rem", a, b); }
    friend auto operator<<(Shifted<T> a, ShiftCount<T> b) { return Val<T>(apply("shl", {a.node, b.node}, b.place)); }
    friend auto operator>>(Shifted<T> a, ShiftCount<T> b) { return Val<T>(apply("shr", {a.node, b.node}, b.place)); }
};

}  // namespace alkomp::detail
