// SPDX-License-Identifier: MIT OR Apache-2.0
// Operators on operands that they do not take: the compiler's first message says why.
#pragma once

#include "alkomp/lang/logic.h"

namespace alkomp {
namespace detail {

enum class Wants : u8 { comparable, numbers, integers, bits, truths };

/// Null, or why an operator does not take these operands.
template <class A, class B>
constexpr bool is_taken(Wants wants) {
    using T = Common<A, B>;
    if constexpr (std::is_void_v<T>) return false;
    else if (wants == Wants::truths) return Truth<A> && (Truth<B> || std::is_same_v<std::remove_cvref_t<B>, bool>);
    else if (wants == Wants::comparable) return kKinds<T> != Kinds::none;
    else if (wants == Wants::bits) return kKinds<T> == Kinds::integers || kKinds<T> == Kinds::truth;
    else return kKinds<T> == Kinds::integers || (wants == Wants::numbers && kKinds<T> == Kinds::floats);
}
template <class A, class B, Wants What>
concept Refused = (DeviceValue<A> || DeviceValue<B>) && !
is_taken<A, B>(What);

/// Says why an operator does not take these operands.
template <class A, class B, Wants What>
auto refuse() {
    using T = Common<A, B>;
    constexpr bool mixed = std::is_void_v<T>;
    constexpr Kinds kinds = kKinds<std::conditional_t<mixed, u32, T>>;
    if constexpr (What == Wants::truths) {
        static_assert(kNever<A>, "alkomp: && and || take a Val<bool>, and a host's bool only on the right.");
    } else {
        static_assert(!mixed, "alkomp: no type holds every value of both operands: convert one with Val<T>(x).");
        static_assert(kinds != Kinds::none, "alkomp: structs and arrays have no operators: take their parts.");
        static_assert(mixed || kinds != Kinds::truth, "alkomp: a bool is no number here: convert it with Val<u32>(x).");
        static_assert(mixed || kinds != Kinds::floats,
                      "alkomp: only integers have this operator; for % there is fmod.");
    }
    if constexpr (mixed) return Val<ValueOf<std::conditional_t<DeviceValue<A>, A, B>>>(Node());
    else return Val<std::conditional_t<(What == Wants::comparable || What == Wants::truths), bool, T>>(Node());
}

}  // namespace detail

template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator+(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator-(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator*(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator/(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::integers>
auto operator%(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::integers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::bits>
auto operator&(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::bits>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::bits>
auto operator|(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::bits>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::bits>
auto operator^(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::bits>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator<(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator<=(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator>(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::numbers>
auto operator>=(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::numbers>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::comparable>
auto operator==(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::comparable>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::comparable>
auto operator!=(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::comparable>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::truths>
auto operator&&(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::truths>();
}
template <class A, class B>
    requires detail::Refused<A, B, detail::Wants::truths>
auto operator||(A&&, B&&) {
    return detail::refuse<A, B, detail::Wants::truths>();
}

}  // namespace alkomp
