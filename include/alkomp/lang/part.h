// SPDX-License-Identifier: MIT OR Apache-2.0
// Parts of values: elements of arrays and members of structs; and values made of their parts.
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
    const Node nodes[]{input<typename PartType<T, X, At>::type>(std::forward<X>(parts), kNowhere)...};
    return compose(type_info<T>(), nodes, sizeof...(X), kNowhere);
}
template <class T, class... X>
Node compose_parts(X&&... parts) {
    if constexpr (Structure<T>) {
        constexpr bool is_whole = sizeof...(X) == Members<T>::count;
        static_assert(is_whole, "alkomp: a struct is made of all its members, in order.");
    } else if constexpr (MatrixType<T>) {
        constexpr bool is_matrix = MatrixType<T>;
        static_assert(!is_matrix, "alkomp: a matrix is made of one number, or by matrix_load.");
    } else if constexpr (Vector<T>) {
        constexpr bool is_whole = (kLanes<ValueOf<X>> + ...) == kLanes<T>;
        static_assert(is_whole, "alkomp: a vector is made of as many lanes as it has.");
    } else {
        constexpr bool is_whole = sizeof...(X) == Shape<T>::count;
        static_assert(is_whole, "alkomp: an array is made of all its elements.");
    }
    if constexpr (MatrixType<T>) return Node();
    else return compose_in_order<T>(std::make_index_sequence<sizeof...(X)>(), std::forward<X>(parts)...);
}

// A part of a value is a value, a part of a place is a place.
template <class Part, class T>
Val<Part> part(const Val<T>& whole, u32 at) {
    return Val<Part>(apply("extract", {whole.node()}, kNowhere, nullptr, {at}));
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
    return Ref<Part>(member(whole.pointer(), at, kNowhere));
}
template <class Part, class T, bool Readable>
Ref<Part, Readable> part(const Ref<T, Readable>& whole, u32 at) {
    return Ref<Part, Readable>(member(whole.pointer(), at, kNowhere));
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
/// The parts of a Ref, which has no name.
template <class Self, class T>
struct RefParts {};
template <class Self, Array T>
struct RefParts<Self, T> {
    [[nodiscard]] auto operator[](Index at) && {
        return part<typename Shape<T>::Element>(static_cast<const Self&>(*this), at);
    }
    auto operator[](Index at) & {
        check_readable<Self&>();
        return std::move(*this)[at];
    }
};
template <class Self, Structure T>
struct RefParts<Self, T> {
    template <class M>
    [[nodiscard]] auto operator[](M T::*which) && {
        return part<M>(static_cast<const Self&>(*this), Members<T>::place(which));
    }
    template <class M>
    auto operator[](M T::*which) & {
        check_readable<Self&>();
        return std::move(*this)[which];
    }
};

}  // namespace alkomp::detail
