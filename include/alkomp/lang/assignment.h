// SPDX-License-Identifier: MIT OR Apache-2.0
// Assignments with an operator, to variables and places.
#pragma once

#include "alkomp/lang/refusal.h"

namespace alkomp {
namespace detail {
template <class P>
void check_place() {
    static_assert(DeviceTypeOf<P>::is_place,
                  "alkomp: a Val and an element of In never change: make it a Var, or the buffer an InOut.");
    check_readable<P>();
}
template <class P>
P& update(P& place, std::string_view op, const Input& b) {
    place.write(apply(op, {place.read(b.place), b.node}, b.place), b.place);
    return place;
}
template <class P, Wants What>
constexpr void check_update() {
    check_place<P>();
    static_assert(is_taken<P, P>(What), "alkomp: values of this type have no such operator.");
}
}  // namespace detail

template <detail::DeviceValue P>
auto& operator+=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::numbers>();
    return detail::update(place, "add", b);
}
template <detail::DeviceValue P>
auto& operator-=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::numbers>();
    return detail::update(place, "sub", b);
}
template <detail::DeviceValue P>
auto& operator*=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::numbers>();
    return detail::update(place, "mul", b);
}
template <detail::DeviceValue P>
auto& operator/=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::numbers>();
    return detail::update(place, "div", b);
}
template <detail::DeviceValue P>
auto& operator%=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::integers>();
    return detail::update(place, "rem", b);
}
template <detail::DeviceValue P>
auto& operator&=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::bits>();
    return detail::update(place, "bit_and", b);
}
template <detail::DeviceValue P>
auto& operator|=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::bits>();
    return detail::update(place, "bit_or", b);
}
template <detail::DeviceValue P>
auto& operator^=(P&& place, detail::Assigned<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::bits>();
    return detail::update(place, "bit_xor", b);
}
template <detail::DeviceValue P>
auto& operator<<=(P&& place, detail::ShiftCount<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::integers>();
    return detail::update(place, "shl", b);
}
template <detail::DeviceValue P>
auto& operator>>=(P&& place, detail::ShiftCount<detail::ValueOf<P>> b) {
    detail::check_update<P, detail::Wants::integers>();
    return detail::update(place, "shr", b);
}

namespace detail {
template <class P>
auto& step(P&& place, std::string_view op) {
    using T = ValueOf<P>;
    check_update<P, Wants::numbers>();
    return update(place, op, Input{number(type_info<T>(), u64{1}, {}), {}});
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
    const Val<detail::ValueOf<P>> before(place.read({}));
    detail::step(std::forward<P>(place), "add");
    return before;
}
template <detail::DeviceValue P>
auto operator--(P&& place, int) {
    const Val<detail::ValueOf<P>> before(place.read({}));
    detail::step(std::forward<P>(place), "sub");
    return before;
}

}  // namespace alkomp
