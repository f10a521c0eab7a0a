// SPDX-License-Identifier: MIT OR Apache-2.0
// Lanes of vectors, by name and by place.
#pragma once

#include "alkomp/lang/part.h"

namespace alkomp::detail {

template <class V, class T>
Val<V> lanes(const Val<T>& vector, std::initializer_list<u32> places) {
    return Val<V>(apply("shuffle", {vector.node(), vector.node()}, kNowhere, nullptr, places));
}
template <class V, class Place>
LaneRef<V> lanes(const Place& vector, std::initializer_list<u32> places) {
    return LaneRef<V>(vector.pointer(), places);
}

/// One lane by place, or a shorter or longer vector of several.
template <class Self, class T, u32... I>
auto pick(const Self& vector) {
    static_assert(((I < kLanes<T>)&&...), "alkomp: the vector has no such lane.");
    static_assert(sizeof...(I) >= 1 && sizeof...(I) <= 4, "alkomp: a vector has at most four lanes.");
    if constexpr (sizeof...(I) == 1) return part<ScalarOf<T>>(vector, (I, ...));
    else return lanes<VectorOf<ScalarOf<T>, sizeof...(I)>>(vector, {I...});
}

/// The lanes of a Val or Var.
template <class Self, Vector T>
struct Parts<Self, T> {
    [[nodiscard]] auto operator[](Index at) const { return part<ScalarOf<T>>(static_cast<const Self&>(*this), at); }
    /// Lanes by place: `v.lanes<2, 0>()` is `v.zx()`.
    template <u32... I>
    [[nodiscard]] auto lanes() const {
        return pick<Self, T, I...>(static_cast<const Self&>(*this));
    }
    [[nodiscard]] auto x() const { return lanes<0>(); }
    [[nodiscard]] auto y() const { return lanes<1>(); }
    [[nodiscard]] auto z() const { return lanes<2>(); }
    [[nodiscard]] auto w() const { return lanes<3>(); }
    [[nodiscard]] auto xx() const { return lanes<0, 0>(); }
    [[nodiscard]] auto xy() const { return lanes<0, 1>(); }
    [[nodiscard]] auto xz() const { return lanes<0, 2>(); }
    [[nodiscard]] auto xw() const { return lanes<0, 3>(); }
    [[nodiscard]] auto yx() const { return lanes<1, 0>(); }
    [[nodiscard]] auto yy() const { return lanes<1, 1>(); }
    [[nodiscard]] auto yz() const { return lanes<1, 2>(); }
    [[nodiscard]] auto yw() const { return lanes<1, 3>(); }
    [[nodiscard]] auto zx() const { return lanes<2, 0>(); }
    [[nodiscard]] auto zy() const { return lanes<2, 1>(); }
    [[nodiscard]] auto zz() const { return lanes<2, 2>(); }
    [[nodiscard]] auto zw() const { return lanes<2, 3>(); }
    [[nodiscard]] auto wx() const { return lanes<3, 0>(); }
    [[nodiscard]] auto wy() const { return lanes<3, 1>(); }
    [[nodiscard]] auto wz() const { return lanes<3, 2>(); }
    [[nodiscard]] auto ww() const { return lanes<3, 3>(); }
    [[nodiscard]] auto xxx() const { return lanes<0, 0, 0>(); }
    [[nodiscard]] auto xyz() const { return lanes<0, 1, 2>(); }
    [[nodiscard]] auto xzy() const { return lanes<0, 2, 1>(); }
    [[nodiscard]] auto xyw() const { return lanes<0, 1, 3>(); }
    [[nodiscard]] auto yxz() const { return lanes<1, 0, 2>(); }
    [[nodiscard]] auto yyy() const { return lanes<1, 1, 1>(); }
    [[nodiscard]] auto yzx() const { return lanes<1, 2, 0>(); }
    [[nodiscard]] auto yzw() const { return lanes<1, 2, 3>(); }
    [[nodiscard]] auto zxy() const { return lanes<2, 0, 1>(); }
    [[nodiscard]] auto zyx() const { return lanes<2, 1, 0>(); }
    [[nodiscard]] auto zzz() const { return lanes<2, 2, 2>(); }
    [[nodiscard]] auto www() const { return lanes<3, 3, 3>(); }
    [[nodiscard]] auto xxxx() const { return lanes<0, 0, 0, 0>(); }
    [[nodiscard]] auto xyzw() const { return lanes<0, 1, 2, 3>(); }
    [[nodiscard]] auto wzyx() const { return lanes<3, 2, 1, 0>(); }
    [[nodiscard]] auto zwxy() const { return lanes<2, 3, 0, 1>(); }
    [[nodiscard]] auto yyyy() const { return lanes<1, 1, 1, 1>(); }
    [[nodiscard]] auto zzzz() const { return lanes<2, 2, 2, 2>(); }
    [[nodiscard]] auto wwww() const { return lanes<3, 3, 3, 3>(); }
};

/// The lanes of a Ref.
template <class Self, Vector T>
struct RefParts<Self, T> {
    [[nodiscard]] auto operator[](Index at) && { return part<ScalarOf<T>>(static_cast<const Self&>(*this), at); }
    auto operator[](Index at) & {
        check_readable<Self&>();
        return std::move(*this)[at];
    }
    template <u32... I>
    [[nodiscard]] auto lanes() && {
        return of<I...>();
    }
    [[nodiscard]] auto x() && { return of<0>(); }
    [[nodiscard]] auto y() && { return of<1>(); }
    [[nodiscard]] auto z() && { return of<2>(); }
    [[nodiscard]] auto w() && { return of<3>(); }
    [[nodiscard]] auto xx() && { return of<0, 0>(); }
    [[nodiscard]] auto xy() && { return of<0, 1>(); }
    [[nodiscard]] auto xz() && { return of<0, 2>(); }
    [[nodiscard]] auto xw() && { return of<0, 3>(); }
    [[nodiscard]] auto yx() && { return of<1, 0>(); }
    [[nodiscard]] auto yy() && { return of<1, 1>(); }
    [[nodiscard]] auto yz() && { return of<1, 2>(); }
    [[nodiscard]] auto yw() && { return of<1, 3>(); }
    [[nodiscard]] auto zx() && { return of<2, 0>(); }
    [[nodiscard]] auto zy() && { return of<2, 1>(); }
    [[nodiscard]] auto zz() && { return of<2, 2>(); }
    [[nodiscard]] auto zw() && { return of<2, 3>(); }
    [[nodiscard]] auto wx() && { return of<3, 0>(); }
    [[nodiscard]] auto wy() && { return of<3, 1>(); }
    [[nodiscard]] auto wz() && { return of<3, 2>(); }
    [[nodiscard]] auto ww() && { return of<3, 3>(); }
    [[nodiscard]] auto xxx() && { return of<0, 0, 0>(); }
    [[nodiscard]] auto xyz() && { return of<0, 1, 2>(); }
    [[nodiscard]] auto xzy() && { return of<0, 2, 1>(); }
    [[nodiscard]] auto xyw() && { return of<0, 1, 3>(); }
    [[nodiscard]] auto yxz() && { return of<1, 0, 2>(); }
    [[nodiscard]] auto yyy() && { return of<1, 1, 1>(); }
    [[nodiscard]] auto yzx() && { return of<1, 2, 0>(); }
    [[nodiscard]] auto yzw() && { return of<1, 2, 3>(); }
    [[nodiscard]] auto zxy() && { return of<2, 0, 1>(); }
    [[nodiscard]] auto zyx() && { return of<2, 1, 0>(); }
    [[nodiscard]] auto zzz() && { return of<2, 2, 2>(); }
    [[nodiscard]] auto www() && { return of<3, 3, 3>(); }
    [[nodiscard]] auto xxxx() && { return of<0, 0, 0, 0>(); }
    [[nodiscard]] auto xyzw() && { return of<0, 1, 2, 3>(); }
    [[nodiscard]] auto wzyx() && { return of<3, 2, 1, 0>(); }
    [[nodiscard]] auto zwxy() && { return of<2, 3, 0, 1>(); }
    [[nodiscard]] auto yyyy() && { return of<1, 1, 1, 1>(); }
    [[nodiscard]] auto zzzz() && { return of<2, 2, 2, 2>(); }
    [[nodiscard]] auto wwww() && { return of<3, 3, 3, 3>(); }

private:
    template <u32... I>
    auto of() const {
        return pick<Self, T, I...>(static_cast<const Self&>(*this));
    }
};

}  // namespace alkomp::detail
