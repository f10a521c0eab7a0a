// SPDX-License-Identifier: MIT OR Apache-2.0
// What functions of several numbers have in common: their arguments become values of one type.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp::detail {

template <class... X>
concept AnyDevice = (DeviceValue<X> || ...);

/// The one of several types that holds the values of all; void if none does.
template <class... X>
struct Together;
template <class A>
struct Together<A> {
    using type = ValueOf<A>;
};
template <class A, class B, class... Rest>
struct Together<A, B, Rest...> {
    using First = Common<A, B>;
    using type =
        typename Together<std::conditional_t<DeviceValue<A> || DeviceValue<B>, Val<First>, First>, Rest...>::type;
};
template <class A, class B, class... Rest>
    requires std::is_void_v<Common<A, B>>
struct Together<A, B, Rest...> {
    using type = void;
};

/// The instruction on values of type T.
template <class T, class... X>
[[nodiscard]] Val<T> same(std::string_view op, Place place, X&&... x) {
    return Val<T>(apply(op, {input<T>(std::forward<X>(x), place)...}, place));
}

/// The type that the arguments of a function have together, or a message that says why there is none.
template <bool Floats, bool Integers, class... X>
constexpr auto type_of_all() {
    using T = typename Together<X...>::type;
    constexpr bool mixed = std::is_void_v<T>;
    constexpr Kinds kinds = kKinds<std::conditional_t<mixed, f32, T>>;
    static_assert(!mixed, "alkomp: no type holds every value of all arguments: use Val<T>(x).");
    constexpr bool floats_fit = mixed || Floats || kinds != Kinds::floats;
    static_assert(floats_fit, "alkomp: this function takes integers: use Val<u32>(x).");
    constexpr bool integers_fit = mixed || Integers || kinds != Kinds::integers;
    static_assert(integers_fit, "alkomp: this function takes floats: use Val<f32>(x).");
    constexpr bool is_matrix = kinds == Kinds::matrix;
    static_assert(!is_matrix, "alkomp: of a matrix take the elements: matrix_map(m, [](auto x) { ... }).");
    constexpr bool is_number = mixed || is_matrix || (kinds != Kinds::truth && kinds != Kinds::none);
    static_assert(is_number, "alkomp: this function takes numbers.");
    return std::type_identity<std::conditional_t<mixed, f32, T>>();
}
template <class... X>
using FloatsOf = typename decltype(type_of_all<true, false, X...>())::type;
template <class... X>
using IntegersOf = typename decltype(type_of_all<false, true, X...>())::type;
template <class... X>
using NumbersOf = typename decltype(type_of_all<true, true, X...>())::type;

template <class... X>
[[nodiscard]] auto floats(std::string_view op, Place place, X&&... x) {
    return same<FloatsOf<X...>>(op, place, std::forward<X>(x)...);
}
template <class... X>
[[nodiscard]] auto integers(std::string_view op, Place place, X&&... x) {
    return same<IntegersOf<X...>>(op, place, std::forward<X>(x)...);
}
template <class... X>
[[nodiscard]] auto numbers(std::string_view op, Place place, X&&... x) {
    return same<NumbersOf<X...>>(op, place, std::forward<X>(x)...);
}

}  // namespace alkomp::detail
