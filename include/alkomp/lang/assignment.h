// SPDX-License-Identifier: MIT OR Apache-2.0
// Assignments with an operator, to variables and places.
#pragma once

#include "alkomp/lang/unlike.h"

namespace alkomp {
namespace detail {
template <class P>
constexpr void check_place() {
    constexpr bool is_place = DeviceTypeOf<P>::is_place;
    static_assert(is_place, "alkomp: a Val and an element of In never change: use Var or InOut.");
    check_readable<P>();
}
template <Wants What, class P>
auto& update(P&& place, std::string_view op, const Input& b) {
    check_place<P>();
    constexpr bool taken = is_taken<P, P>(What);
    static_assert(taken, "alkomp: values of this type have no such operator.");
    if constexpr (DeviceTypeOf<P>::is_place) place.write(apply(op, {place.read(b.place), b.node}, b.place), b.place);
    return place;
}
}  // namespace detail

template <detail::DeviceValue P>
auto& operator+=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::numbers>(std::forward<P>(place), "add", b);
}
template <detail::DeviceValue P>
auto& operator-=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::numbers>(std::forward<P>(place), "sub", b);
}
template <detail::DeviceValue P>
auto& operator*=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::numbers>(std::forward<P>(place), "mul", b);
}
template <detail::DeviceValue P>
auto& operator/=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::quotients>(std::forward<P>(place), "div", b);
}
template <detail::DeviceValue P>
auto& operator%=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::integers>(std::forward<P>(place), "rem", b);
}
template <detail::DeviceValue P>
auto& operator&=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::bits>(std::forward<P>(place), "bit_and", b);
}
template <detail::DeviceValue P>
auto& operator|=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::bits>(std::forward<P>(place), "bit_or", b);
}
template <detail::DeviceValue P>
auto& operator^=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::bits>(std::forward<P>(place), "bit_xor", b);
}
template <detail::DeviceValue P>
auto& operator<<=(P&& place, detail::ShiftCount<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::integers>(std::forward<P>(place), "shl", b);
}
template <detail::DeviceValue P>
auto& operator>>=(P&& place, detail::ShiftCount<detail::ValueOf<P>> b) {
    return detail::update<detail::Wants::integers>(std::forward<P>(place), "shr", b);
}

namespace detail {
template <class P>
auto& step(P&& place, std::string_view op) {
    return update<Wants::numbers>(std::forward<P>(place), op,
                                  Input{number(type_info<ValueOf<P>>(), u64{1}, kNowhere), kNowhere});
}
}  // namespace detail
template <detail::DeviceValue P>
auto& operator++(P&& place) {
    return detail::step(std::forward<P>(place), "add");
}
template <detail::DeviceValue P>
auto& operator--(P&& place) {
    return detail::step(std::forward<P>(place), "sub");
}
template <detail::DeviceValue P>
auto operator++(P&& place, int) {
    const Val<detail::ValueOf<P>> before(place.read(detail::kNowhere));
    detail::step(std::forward<P>(place), "add");
    return before;
}
template <detail::DeviceValue P>
auto operator--(P&& place, int) {
    const Val<detail::ValueOf<P>> before(place.read(detail::kNowhere));
    detail::step(std::forward<P>(place), "sub");
    return before;
}

}  // namespace alkomp
