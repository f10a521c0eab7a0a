// SPDX-License-Identifier: MIT OR Apache-2.0
// Choices among numbers, lane by lane for vectors.
#pragma once

#include "alkomp/lang/function_types.h"

namespace alkomp {

/// One of two values; both are computed.
template <class C, class A, class B>
    requires detail::AnyDevice<C, A, B>
[[nodiscard]] auto select(C&& condition, A&& if_true, B&& if_false, detail::Place place = {}) {
    using T = typename detail::Together<A, B>::type;
    constexpr bool is_mixed = std::is_void_v<T>;
    static_assert(!is_mixed, "alkomp: no type holds every value of both: use Val<T>(x).");
    constexpr bool is_matrix = detail::MatrixType<T>;
    static_assert(!is_matrix, "alkomp: a matrix is chosen by if_ and a Var.");
    using M = std::conditional_t<detail::Vector<detail::ValueOf<C>>, detail::MaskOf<T>, bool>;
    constexpr bool chooses = std::is_same_v<detail::ValueOf<C>, M>;
    static_assert(chooses, "alkomp: what chooses is a bool, or one for each lane.");
    return Val<T>(detail::apply(
        "select",
        {detail::input<M>(std::forward<C>(condition), place), detail::input<T>(std::forward<A>(if_true), place),
         detail::input<T>(std::forward<B>(if_false), place)},
        place));
}

/// With a NaN: one of the two.
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto min(A&& a, B&& b, detail::Place place = {}) {
    return detail::numbers("min", place, std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto max(A&& a, B&& b, detail::Place place = {}) {
    return detail::numbers("max", place, std::forward<A>(a), std::forward<B>(b));
}
template <class X, class LOW, class HIGH>
    requires detail::AnyDevice<X, LOW, HIGH>
[[nodiscard]] auto clamp(X&& x, LOW&& low, HIGH&& high, detail::Place place = {}) {
    return detail::numbers("clamp", place, std::forward<X>(x), std::forward<LOW>(low), std::forward<HIGH>(high));
}
template <detail::DeviceValue X>
[[nodiscard]] auto abs(X&& x, detail::Place place = {}) {
    using T = detail::NumbersOf<X>;
    if constexpr (detail::is_unsigned_integer(detail::kScalar<T>)) return Val<T>(std::forward<X>(x), place);
    else return detail::same<T>("abs", place, std::forward<X>(x));
}
/// -1, 0 or 1.
template <detail::DeviceValue X>
[[nodiscard]] auto sign(X&& x, detail::Place place = {}) {
    using T = detail::NumbersOf<X>;
    if constexpr (detail::is_unsigned_integer(detail::kScalar<T>)) return min(std::forward<X>(x), 1, place);
    else return detail::same<T>("sign", place, std::forward<X>(x));
}

}  // namespace alkomp
