// SPDX-License-Identifier: MIT OR Apache-2.0
// Parts of values: lanes of vectors, elements of arrays, members of structs.
#pragma once

#include "alkomp/lang/operand.h"

namespace alkomp::detail {

template <class T, class X>
Node cast(X&& x, Place place) {
    using From = ValueOf<X>;
    if constexpr (Implicit<X, T>) return input<T>(std::forward<X>(x), place);
    else return convert(input<From>(std::forward<X>(x), place), type_info<T>(), place);
}

/// The type of one of the parts that a T is composed of; vectors are also made of shorter ones.
template <class T, class X, u32 At>
struct PartType {
    using type = typename Shape<T>::Element;
};
template <Vector T, class X, u32 At>
    requires Vector<ValueOf<X>>
struct PartType<T, X, At> {
    using type = VectorOf<ScalarOf<T>, kLanes<ValueOf<X>>>;
};
template <Structure T, class X, u32 At>
struct PartType<T, X, At> {
    using type = typename Members<T>::template Type<At>;
};

template <class T, class... X, std::size_t... At>
Node compose_in_order(std::index_sequence<At...>, X&&... parts) {
    const Node nodes[]{input<typename PartType<T, X, At>::type>(std::forward<X>(parts), {})...};
    return compose(type_info<T>(), nodes, sizeof...(X), {});
}
template <class T, class... X>
Node compose_parts(X&&... parts) {
    if constexpr (Structure<T>)
        static_assert(sizeof...(X) == Members<T>::count, "alkomp: a struct is made of all its members, in order.");
    else if constexpr (Vector<T>)
        static_assert((kLanes<ValueOf<X>> + ...) == kLanes<T>, "alkomp: a vector is made of as many lanes as it has.");
    else static_assert(sizeof...(X) == Shape<T>::count, "alkomp: an array is made of all its elements.");
    return compose_in_order<T>(std::make_index_sequence<sizeof...(X)>(), std::forward<X>(parts)...);
}

// A part of a value is a value, a part of a place is a place.
template <class Part, class T>
Val<Part> part(const Val<T>& whole, u32 at) {
    return Val<Part>(apply("extract", {whole.node()}, {}, nullptr, {at}));
}
template <class Part, class T>
Val<Part> part(const Val<T>& whole, const Index& at) {
    return Val<Part>(element_of_value(whole.node(), at.node, Shape<T>::count, at.place));
}
template <class T>
constexpr u32 element_count() {
    return Structure<T> ? 0 : Shape<T>::count;
}
template <class Part, class T>
Ref<Part> part(const Var<T>& whole, const Index& at) {
    return Ref<Part>(element(whole.pointer(), at.node, Shape<T>::count, at.place));
}
template <class Part, class T, bool Readable>
Ref<Part, Readable> part(const Ref<T, Readable>& whole, const Index& at) {
    return Ref<Part, Readable>(element(whole.pointer(), at.node, Shape<T>::count, at.place));
}
template <class Part, class T>
Ref<Part> part(const Var<T>& whole, u32 at) {
    return Ref<Part>(member(whole.pointer(), at, {}));
}
template <class Part, class T, bool Readable>
Ref<Part, Readable> part(const Ref<T, Readable>& whole, u32 at) {
    return Ref<Part, Readable>(member(whole.pointer(), at, {}));
}

template <class V, class T>
Val<V> lanes(const Val<T>& vector, std::initializer_list<u32> places) {
    return Val<V>(apply("shuffle", {vector.node(), vector.node()}, {}, nullptr, places));
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

/// The parts of a Val or Var.
template <class Self, class T>
struct Parts {};
template <class Self, Array T>
struct Parts<Self, T> {
    [[nodiscard]] auto operator[](Index at) const {
        return part<typename Shape<T>::Element>(static_cast<const Self&>(*this), at);
    }
};
template <class Self, Structure T>
struct Parts<Self, T> {
    template <class M>
    [[nodiscard]] auto operator[](M T::*which) const {
        return part<M>(static_cast<const Self&>(*this), Members<T>::place(which));
    }
};
template <class Self, Vector T>
struct Parts<Self, T> {
    [[nodiscard]] auto operator[](Index at) const { return part<ScalarOf<T>>(static_cast<const Self&>(*this), at); }
    /// Lanes by place: `v.lanes<2, 0>()` is `v.zx()`.
    template <u32... I>
    [[nodiscard]] auto lanes() const {
        return pick<Self, T, I...>(static_cast<const Self&>(*this));
    }
    [[nodiscard]] auto x() const { return pick<Self, T, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto y() const { return pick<Self, T, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto z() const { return pick<Self, T, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto w() const { return pick<Self, T, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xx() const { return pick<Self, T, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xy() const { return pick<Self, T, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xz() const { return pick<Self, T, 0, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xw() const { return pick<Self, T, 0, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yx() const { return pick<Self, T, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yy() const { return pick<Self, T, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yz() const { return pick<Self, T, 1, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yw() const { return pick<Self, T, 1, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zx() const { return pick<Self, T, 2, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zy() const { return pick<Self, T, 2, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zz() const { return pick<Self, T, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zw() const { return pick<Self, T, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wx() const { return pick<Self, T, 3, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wy() const { return pick<Self, T, 3, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wz() const { return pick<Self, T, 3, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto ww() const { return pick<Self, T, 3, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xxx() const { return pick<Self, T, 0, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyz() const { return pick<Self, T, 0, 1, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xzy() const { return pick<Self, T, 0, 2, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyw() const { return pick<Self, T, 0, 1, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yxz() const { return pick<Self, T, 1, 0, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yyy() const { return pick<Self, T, 1, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yzx() const { return pick<Self, T, 1, 2, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yzw() const { return pick<Self, T, 1, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zxy() const { return pick<Self, T, 2, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zyx() const { return pick<Self, T, 2, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zzz() const { return pick<Self, T, 2, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto www() const { return pick<Self, T, 3, 3, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xxxx() const { return pick<Self, T, 0, 0, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyzw() const { return pick<Self, T, 0, 1, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wzyx() const { return pick<Self, T, 3, 2, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zwxy() const { return pick<Self, T, 2, 3, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yyyy() const { return pick<Self, T, 1, 1, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zzzz() const { return pick<Self, T, 2, 2, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wwww() const { return pick<Self, T, 3, 3, 3, 3>(static_cast<const Self&>(*this)); }
};

/// The parts of a Ref, which has no name.
template <class Self, class T>
struct RefParts {};
template <class Self, Array T>
struct RefParts<Self, T> {
    [[nodiscard]] auto operator[](Index at) && {
        return part<typename Shape<T>::Element>(static_cast<const Self&>(*this), at);
    }
    void operator[](Index) & { check_readable<Self&>(); }
};
template <class Self, Structure T>
struct RefParts<Self, T> {
    template <class M>
    [[nodiscard]] auto operator[](M T::*which) && {
        return part<M>(static_cast<const Self&>(*this), Members<T>::place(which));
    }
    template <class M>
    auto operator[](M T::*) & {
        check_readable<Self&>();
    }
};
template <class Self, Vector T>
struct RefParts<Self, T> {
    [[nodiscard]] auto operator[](Index at) && { return part<ScalarOf<T>>(static_cast<const Self&>(*this), at); }
    template <u32... I>
    [[nodiscard]] auto lanes() && {
        return pick<Self, T, I...>(static_cast<const Self&>(*this));
    }
    [[nodiscard]] auto x() && { return pick<Self, T, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto y() && { return pick<Self, T, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto z() && { return pick<Self, T, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto w() && { return pick<Self, T, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xx() && { return pick<Self, T, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xy() && { return pick<Self, T, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xz() && { return pick<Self, T, 0, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xw() && { return pick<Self, T, 0, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yx() && { return pick<Self, T, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yy() && { return pick<Self, T, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yz() && { return pick<Self, T, 1, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yw() && { return pick<Self, T, 1, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zx() && { return pick<Self, T, 2, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zy() && { return pick<Self, T, 2, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zz() && { return pick<Self, T, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zw() && { return pick<Self, T, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wx() && { return pick<Self, T, 3, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wy() && { return pick<Self, T, 3, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wz() && { return pick<Self, T, 3, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto ww() && { return pick<Self, T, 3, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xxx() && { return pick<Self, T, 0, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyz() && { return pick<Self, T, 0, 1, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xzy() && { return pick<Self, T, 0, 2, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyw() && { return pick<Self, T, 0, 1, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yxz() && { return pick<Self, T, 1, 0, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yyy() && { return pick<Self, T, 1, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yzx() && { return pick<Self, T, 1, 2, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yzw() && { return pick<Self, T, 1, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zxy() && { return pick<Self, T, 2, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zyx() && { return pick<Self, T, 2, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zzz() && { return pick<Self, T, 2, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto www() && { return pick<Self, T, 3, 3, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xxxx() && { return pick<Self, T, 0, 0, 0, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto xyzw() && { return pick<Self, T, 0, 1, 2, 3>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wzyx() && { return pick<Self, T, 3, 2, 1, 0>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zwxy() && { return pick<Self, T, 2, 3, 0, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto yyyy() && { return pick<Self, T, 1, 1, 1, 1>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto zzzz() && { return pick<Self, T, 2, 2, 2, 2>(static_cast<const Self&>(*this)); }
    [[nodiscard]] auto wwww() && { return pick<Self, T, 3, 3, 3, 3>(static_cast<const Self&>(*this)); }
};

}  // namespace alkomp::detail
