// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of numbers by the names that <cmath>, <bit> and <algorithm> give them, lane by lane for vectors.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {

/// One of two values; both are computed.
template <class C, class A, class B>
    requires(detail::DeviceValue<C> || detail::DeviceValue<A> || detail::DeviceValue<B>)
[[nodiscard]] auto select(C&& condition, A&& if_true, B&& if_false,
                          detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    using T = detail::Common<A, B>;
    static_assert(!std::is_void_v<T>, "alkomp: select: no type holds every value of both: convert one with Val<T>(x).");
    using M = std::conditional_t<detail::Vector<detail::ValueOf<C>>, detail::MaskOf<T>, bool>;
    static_assert(std::is_same_v<detail::ValueOf<C>, M>,
                  "alkomp: select: the condition is a bool, or one for each lane.");
    return Val<T>(detail::apply(
        "select",
        {detail::input<M>(std::forward<C>(condition), place), detail::input<T>(std::forward<A>(if_true), place),
         detail::input<T>(std::forward<B>(if_false), place)},
        place));
}

}  // namespace alkomp
