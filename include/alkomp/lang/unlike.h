// SPDX-License-Identifier: MIT OR Apache-2.0
// Operators on unlike operands: a vector of the host and a number of the device; and those that are refused, so that the
// compiler's first message says why.
#pragma once

#include "alkomp/lang/logic.h"

namespace alkomp {
namespace detail {

enum class Wants : u8 { comparable, ordered, numbers, quotients, integers, bits, truths };

/// Whether an operator takes these operands.
template <class A, class B>
constexpr bool is_taken(Wants wants) {
    using T = Common<A, B>;
    if constexpr (std::is_void_v<T>) return false;
    else if (wants == Wants::truths) return Truth<A> && (Truth<B> || std::is_same_v<std::remove_cvref_t<B>, bool>);
    else if (kKinds<T> == Kinds::matrix)
        return wants == Wants::numbers || (wants == Wants::quotients && is_float(kScalar<T>));
    else if (wants == Wants::comparable) return kKinds<T> != Kinds::none;
    else if (wants == Wants::bits) return kKinds<T> == Kinds::integers || kKinds<T> == Kinds::truth;
    else
        return kKinds<T> == Kinds::integers ||
               ((wants == Wants::numbers || wants == Wants::quotients || wants == Wants::ordered) &&
                kKinds<T> == Kinds::floats);
}
/// The operators of the common type are not found through the operands: no device value has it.
template <class A, class B>
constexpr bool is_host_vector() {
    using T = Common<A, B>;
    if constexpr (std::is_void_v<T>) return false;
    else return !(DeviceValue<A> && std::is_same_v<ValueOf<A>, T>)&&!(DeviceValue<B> && std::is_same_v<ValueOf<B>, T>);
}
template <class A, class B, Wants What>
concept Unlike = (DeviceValue<A> || DeviceValue<B>) && (!is_taken<A, B>(What) || is_host_vector<A, B>());

/// Says why an operator does not take these operands.
template <class A, class B, Wants What>
auto refuse() {
    using T = Common<A, B>;
    constexpr bool mixed = std::is_void_v<T>;
    constexpr Kinds kinds = kKinds<std::conditional_t<mixed, u32, T>>;
    constexpr bool is_matrix = MatrixType<ValueOf<A>> || MatrixType<ValueOf<B>>;
    if constexpr (is_matrix) {
        static_assert(!is_matrix, "alkomp: matrices of one type have + - * by element; see matrix_multiply_add.");
    } else if constexpr (What == Wants::truths) {
        constexpr bool never = kNever<A>;
        static_assert(never, "alkomp: && and || take a Val<bool>, and a host's bool only on the right.");
    } else {
        static_assert(!mixed, "alkomp: no type holds every value of both operands: use Val<T>(x).");
        static_assert(kinds != Kinds::none, "alkomp: structs and arrays have no operators: take their parts.");
        static_assert(mixed || kinds != Kinds::truth, "alkomp: a bool is no number here: use Val<u32>(x).");
        static_assert(mixed || kinds != Kinds::floats,
                      "alkomp: only integers have this operator; for % there is fmod.");
    }
    if constexpr (mixed) return Val<ValueOf<std::conditional_t<DeviceValue<A>, A, B>>>(Node());
    else
        return Val<std::conditional_t<(What == Wants::comparable || What == Wants::ordered || What == Wants::truths),
                                      bool, T>>(Node());
}

template <Wants What, class A, class B>
auto unlike(std::string_view op, A&& a, B&& b) {
    if constexpr (is_taken<A, B>(What)) {
        using T = Common<A, B>;
        using R = std::conditional_t<What == Wants::comparable || What == Wants::ordered, MaskOf<T>, T>;
        const Node left = input<T>(std::forward<A>(a), kNowhere), right = input<T>(std::forward<B>(b), kNowhere);
        return Val<R>(apply(op, {left, right}, kNowhere));
    } else {
        return refuse<A, B, What>();
    }
}

}  // namespace detail

template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::numbers>
auto operator+(A&& a, B&& b) {
    return detail::unlike<detail::Wants::numbers>("add", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::numbers>
auto operator-(A&& a, B&& b) {
    return detail::unlike<detail::Wants::numbers>("sub", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::numbers>
auto operator*(A&& a, B&& b) {
    return detail::unlike<detail::Wants::numbers>("mul", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::quotients>
auto operator/(A&& a, B&& b) {
    return detail::unlike<detail::Wants::quotients>("div", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::integers>
auto operator%(A&& a, B&& b) {
    return detail::unlike<detail::Wants::integers>("rem", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::bits>
auto operator&(A&& a, B&& b) {
    return detail::unlike<detail::Wants::bits>("bit_and", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::bits>
auto operator|(A&& a, B&& b) {
    return detail::unlike<detail::Wants::bits>("bit_or", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::bits>
auto operator^(A&& a, B&& b) {
    return detail::unlike<detail::Wants::bits>("bit_xor", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::ordered>
auto operator<(A&& a, B&& b) {
    return detail::unlike<detail::Wants::ordered>("lt", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::ordered>
auto operator<=(A&& a, B&& b) {
    return detail::unlike<detail::Wants::ordered>("le", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::ordered>
auto operator>(A&& a, B&& b) {
    return detail::unlike<detail::Wants::ordered>("gt", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::ordered>
auto operator>=(A&& a, B&& b) {
    return detail::unlike<detail::Wants::ordered>("ge", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::comparable>
auto operator==(A&& a, B&& b) {
    return detail::unlike<detail::Wants::comparable>("eq", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::comparable>
auto operator!=(A&& a, B&& b) {
    return detail::unlike<detail::Wants::comparable>("ne", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::truths>
auto operator&&(A&& a, B&& b) {
    return detail::unlike<detail::Wants::truths>("", std::forward<A>(a), std::forward<B>(b));
}
template <class A, class B>
    requires detail::Unlike<A, B, detail::Wants::truths>
auto operator||(A&& a, B&& b) {
    return detail::unlike<detail::Wants::truths>("", std::forward<A>(a), std::forward<B>(b));
}
/// A stream of the host.
template <class S, detail::DeviceValue X>
    requires requires { typename std::remove_cvref_t<S>::char_type; }
auto& operator<<(S&& stream, X&&) {
    constexpr bool never = detail::kNever<X>;
    static_assert(never, "alkomp: only the device knows this value: write it to a buffer.");
    return stream;
}

}  // namespace alkomp
