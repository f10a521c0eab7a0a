// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel tells while it runs: lines of text, and conditions that do not hold.
#pragma once

#include "alkomp/lang/control.h"

#include <array>
#include <string>
#include <utility>

namespace alkomp {
namespace detail {

template <Number T>
std::string host_text(T x) {
    if constexpr (std::is_same_v<T, bool>) return x ? "true" : "false";
    else if constexpr (std::is_same_v<T, f64>) return float_text(x);
    else if constexpr (is_float(scalar_of<T>())) return float_text(static_cast<f32>(x));
    else return std::to_string(x);
}

/// Something that a message shows: a value of the device, or what the host knows already.
template <class X>
Shown shown(X&& x, Place place) {
    using T = ValueOf<X>;
    constexpr bool is_text = std::is_convertible_v<X, std::string_view>;
    constexpr bool is_shown = is_text || Number<T> || (DeviceValue<X> && Numeric<T>);
    static_assert(is_shown, "alkomp: a message shows numbers, vectors and text: take the parts.");
    if constexpr (is_text) return {Node(), std::string(std::string_view(x)), true};
    else if constexpr (DeviceValue<X> && is_shown) return {input<T>(std::forward<X>(x), place), {}, false};
    else if constexpr (is_shown) return {Node(), host_text(x), true};
    else return {};
}

/// What a message begins with: its text, or the first value that it shows; and its place.
struct Head {
    std::string_view text;
    Shown first;
    bool has_text = false;
    Place place;
    template <class X>
    Head(X&& x, Place where = {}) : place(where) {  // NOLINT: a conversion
        has_text = std::is_convertible_v<X, std::string_view>;
        if constexpr (std::is_convertible_v<X, std::string_view>) text = x;
        else first = detail::shown(std::forward<X>(x), where);
    }
};

}  // namespace detail

/// Prints a line: `print_("n is {}, {}", n, x)` or `print_(n, x)`. It comes to the device's `on_print` once the call is
/// done, with the place of this line and the invocation; the lines of one invocation come in their order. A call keeps
/// up to 256 KiB of lines and says how many it had to drop.
template <class... X>
void print_(detail::Head head, X&&... shown) {
    const std::array<detail::Shown, 1 + sizeof...(X)> all{std::move(head.first),
                                                          detail::shown(std::forward<X>(shown), head.place)...};
    if (head.has_text) {
        detail::print(head.text, all.data() + 1, sizeof...(X), head.place);
    } else {
        std::string places = "{}";
        for (std::size_t i = 0; i < sizeof...(X); ++i) places += " {}";
        detail::print(places, all.data(), static_cast<u32>(all.size()), head.place);
    }
}

/// Says that the condition holds. Where it does not, the invocation goes on, and the work that the call belongs to fails
/// with ErrorCode::kernel_fault: the next wait throws it, and so does reading what that work wrote. The message is made as
/// that of `print_`.
template <class... X>
void assert_(detail::Condition condition, std::string_view text = {}, X&&... shown) {
    const std::array<detail::Shown, 1 + sizeof...(X)> all{detail::Shown(),
                                                          detail::shown(std::forward<X>(shown), condition.place)...};
    detail::check(condition.node, text, all.data() + 1, sizeof...(X), condition.place);
}

}  // namespace alkomp
