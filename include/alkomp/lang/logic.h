// SPDX-License-Identifier: MIT OR Apache-2.0
// Operators with one operand, and `&&` and `||`, whose right side happens only where it is needed.
#pragma once

#include "alkomp/lang/var.h"

namespace alkomp {
namespace detail {

/// The left side of `&&` and `||`: made before the right side is evaluated, as the operators' order of evaluation wants
/// it; so the recorder knows what belongs to the right side.
struct LeftSide : Mark {
    template <class X>
        requires(DeviceValue<X> && std::is_same_v<ValueOf<X>, bool>)
    LeftSide(X&& x, Place where = {})  // NOLINT: a conversion
        : Mark(mark(input<bool>(std::forward<X>(x), where), where)) {}
};
template <class X>
concept Truth = DeviceValue<X> && std::is_same_v<ValueOf<X>, bool>;
/// clang 15 looks at constraints after it has made the declaration, and an operator of two `bool` is an error there.
template <class X>
using IfClass = std::enable_if_t<std::is_class_v<std::remove_cvref_t<X>>, int>;

}  // namespace detail

/// C++'s meaning: the right side happens only where the left side is true.
template <detail::Truth B>
[[nodiscard]] Val<bool> operator&&(detail::LeftSide a, B&& b) {
    return Val<bool>(detail::short_circuit(true, a, detail::input<bool>(std::forward<B>(b), a.place)));
}
template <detail::Truth B>
[[nodiscard]] Val<bool> operator||(detail::LeftSide a, B&& b) {
    return Val<bool>(detail::short_circuit(false, a, detail::input<bool>(std::forward<B>(b), a.place)));
}
template <detail::Truth A, detail::IfClass<A> = 0>
[[nodiscard]] Val<bool> operator&&(A&& a, bool b) {
    return detail::binary<bool>("bit_and", std::forward<A>(a), b);
}
template <detail::Truth A, detail::IfClass<A> = 0>
[[nodiscard]] Val<bool> operator||(A&& a, bool b) {
    return detail::binary<bool>("bit_or", std::forward<A>(a), b);
}
template <detail::DeviceValue A>
[[nodiscard]] auto operator!(A&& a) {
    using T = detail::ValueOf<A>;
    static_assert(detail::kKinds<T> == detail::Kinds::truth, "alkomp: ! takes a bool: compare with 0.");
    return detail::unary<T>("bit_not", std::forward<A>(a));
}
template <detail::DeviceValue A>
[[nodiscard]] auto operator~(A&& a) {
    using T = detail::ValueOf<A>;
    static_assert(detail::kKinds<T> == detail::Kinds::integers, "alkomp: ~ takes integers; for a bool there is !.");
    return detail::unary<T>("bit_not", std::forward<A>(a));
}
template <detail::DeviceValue A>
[[nodiscard]] auto operator-(A&& a) {
    using T = detail::ValueOf<A>;
    constexpr bool is_number = detail::kKinds<T> != detail::Kinds::none && detail::kKinds<T> != detail::Kinds::truth;
    static_assert(is_number, "alkomp: - takes numbers.");
    return detail::unary<T>("neg", std::forward<A>(a));
}
template <detail::DeviceValue A>
[[nodiscard]] auto operator+(A&& a) {
    return Val<detail::ValueOf<A>>(std::forward<A>(a));
}

}  // namespace alkomp
