// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of vectors as a whole.
#pragma once

#include "alkomp/lang/function_types.h"

namespace alkomp {
namespace detail {

/// A vector of bools.
struct Truths : Input {
    template <class X>
    Truths(X&& x, Place where = {}) : Input{vector<X>(x, where), where} {}  // NOLINT: a conversion

private:
    template <class X>
    static Node vector(std::remove_reference_t<X>& x, Place where) {
        using T = ValueOf<X>;
        constexpr bool is_right = DeviceValue<X> && Vector<T> && kKinds<T> == Kinds::truth;
        static_assert(is_right, "alkomp: all and any take a vector of bools.");
        if constexpr (is_right) return input<T>(static_cast<X&&>(x), where);
        else return {};
    }
};

}  // namespace detail

/// A vector of these lanes: scalars and shorter vectors, of which one at least is the device's.
template <class... X>
    requires(detail::AnyDevice<X...> && sizeof...(X) > 1)
[[nodiscard]] auto vec(X&&... lanes) {
    using S =
        typename detail::Together<std::conditional_t<detail::DeviceValue<X>, Val<detail::ScalarOf<detail::ValueOf<X>>>,
                                                     std::remove_cvref_t<X>>...>::type;
    constexpr bool is_mixed = std::is_void_v<S>;
    static_assert(!is_mixed, "alkomp: no type holds every lane: use Val<T>(x).");
    constexpr u32 count = (detail::kLanes<detail::ValueOf<X>> + ...);
    static_assert(count <= 4, "alkomp: a vector has at most four lanes.");
    return Val<std::array<S, count>>(std::forward<X>(lanes)...);
}

[[nodiscard]] inline Val<bool> all(detail::Truths x) {
    return Val<bool>(detail::apply("all_lanes", {x.node}, x.place));
}
[[nodiscard]] inline Val<bool> any(detail::Truths x) { return Val<bool>(detail::apply("any_lane", {x.node}, x.place)); }

namespace detail {
template <class... X>
[[nodiscard]] auto to_scalar(std::string_view op, Place place, X&&... x) {
    using T = FloatsOf<X...>;
    return Val<ScalarOf<T>>(apply(op, {input<T>(std::forward<X>(x), place)...}, place));
}
}  // namespace detail

template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto dot(A&& a, B&& b, detail::Place place = {}) {
    return detail::to_scalar("dot", place, std::forward<A>(a), std::forward<B>(b));
}
template <detail::DeviceValue X>
[[nodiscard]] auto length(X&& x, detail::Place place = {}) {
    return detail::to_scalar("length", place, std::forward<X>(x));
}
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto distance(A&& a, B&& b, detail::Place place = {}) {
    return detail::to_scalar("distance", place, std::forward<A>(a), std::forward<B>(b));
}
template <detail::DeviceValue X>
[[nodiscard]] auto normalize(X&& x, detail::Place place = {}) {
    return detail::floats("normalize", place, std::forward<X>(x));
}
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto cross(A&& a, B&& b, detail::Place place = {}) {
    return detail::floats("cross", place, std::forward<A>(a), std::forward<B>(b));
}
template <class NORMAL, class INCIDENT, class REFERENCE>
    requires detail::AnyDevice<NORMAL, INCIDENT, REFERENCE>
[[nodiscard]] auto face_forward(NORMAL&& normal, INCIDENT&& incident, REFERENCE&& reference, detail::Place place = {}) {
    return detail::floats("face_forward", place, std::forward<NORMAL>(normal), std::forward<INCIDENT>(incident),
                          std::forward<REFERENCE>(reference));
}
template <class INCIDENT, class NORMAL>
    requires detail::AnyDevice<INCIDENT, NORMAL>
[[nodiscard]] auto reflect(INCIDENT&& incident, NORMAL&& normal, detail::Place place = {}) {
    return detail::floats("reflect", place, std::forward<INCIDENT>(incident), std::forward<NORMAL>(normal));
}
/// `ratio`: of the indices of refraction.
template <class I, class N, class R>
    requires detail::AnyDevice<I, N>
[[nodiscard]] auto refract(I&& incident, N&& normal, R&& ratio, detail::Place place = {}) {
    using T = detail::FloatsOf<I, N>;
    return Val<T>(detail::apply(
        "refract",
        {detail::input<T>(std::forward<I>(incident), place), detail::input<T>(std::forward<N>(normal), place),
         detail::input<detail::ScalarOf<T>>(std::forward<R>(ratio), place)},
        place));
}

}  // namespace alkomp
