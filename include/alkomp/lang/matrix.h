// SPDX-License-Identifier: MIT OR Apache-2.0
// Matrices that a subgroup holds together, and their products, which some devices compute in hardware. All invocations of
// the subgroup come to these functions together, and the kernel is called with `groups`.
#pragma once

#include "alkomp/lang/control.h"
#include "alkomp/lang/parameter.h"

namespace alkomp {

/// How a matrix lies in memory.
enum class MatrixLayout : u8 { row_major, column_major };

struct MatrixProduct {
    bool saturating = false;  ///< integers stop at the ends of their range instead of wrapping
};

namespace detail {

template <class B>
struct MatrixMemory {
    static constexpr bool is = false, reads = true, writes = true;
    static constexpr u32 count = 0;
    using Element = u32;
};
template <class T>
struct MatrixMemory<In<T>> {
    static constexpr bool is = true, reads = true, writes = false;
    static constexpr u32 count = 0;
    using Element = T;
};
template <class T>
struct MatrixMemory<Out<T>> {
    static constexpr bool is = true, reads = false, writes = true;
    static constexpr u32 count = 0;
    using Element = T;
};
template <class T>
struct MatrixMemory<InOut<T>> {
    static constexpr bool is = true, reads = true, writes = true;
    static constexpr u32 count = 0;
    using Element = T;
};
template <class T, std::size_t Count, std::size_t... Counts>
struct MatrixMemory<Shared<T, Count, Counts...>> {
    static constexpr bool is = true, reads = true, writes = true;
    static constexpr u32 count = Count;
    using Element = typename Shared<T, Count, Counts...>::value_type;
};
template <Array T, bool Readable>
struct MatrixMemory<Ref<T, Readable>> {
    static constexpr bool is = true, reads = Readable, writes = true;
    static constexpr u32 count = Shape<T>::count;
    using Element = typename Shape<T>::Element;
};

/// Elements of a matrix, vectors of them, or bits: vectors of unsigned numbers.
template <class M, class Element>
constexpr bool holds_elements() {
    if constexpr (!Numeric<Element> || kLanes<Element> == 3) return false;
    else
        return kScalar<Element> == kScalar<M> || (kLanes<Element> > 1 && is_unsigned_integer(kScalar<Element>) &&
                                                  sizeof(ScalarOf<Element>) >= sizeof(ScalarOf<M>));
}

template <class M>
constexpr void check_is_matrix() {
    constexpr bool is_matrix = MatrixType<M>;
    static_assert(is_matrix, "alkomp: this is for a MatrixA, a MatrixB or an Accumulator.");
}

/// Says what is wrong with a load of an M from a B, or a store of one into it.
template <class M, class B, bool Loads>
constexpr bool check_matrix_memory() {
    using Memory = MatrixMemory<B>;
    check_is_matrix<M>();
    constexpr bool is_memory = Memory::is;
    static_assert(is_memory, "alkomp: a matrix lies in a buffer, a Shared, or an array in one.");
    constexpr bool is_read = !Loads || Memory::reads;
    static_assert(is_read, "alkomp: an Out<T> is only written: make it an InOut<T>.");
    constexpr bool is_written = Loads || Memory::writes;
    static_assert(is_written, "alkomp: a Val and an element of In never change: use Var or InOut.");
    if constexpr (MatrixType<M> && is_memory && is_read && is_written) {
        constexpr bool fits = holds_elements<M, typename Memory::Element>();
        static_assert(fits, "alkomp: the memory holds other elements; or else u32x4, as bits.");
        return fits;
    } else {
        return false;
    }
}

template <class B>
MatrixPlace matrix_place(const B& memory, const Index& at, const Index& stride, MatrixLayout layout) {
    using Memory = MatrixMemory<B>;
    return {memory.pointer(), at.node,
            stride.node,      layout == MatrixLayout::column_major,
            Memory::count,    sizeof(typename Memory::Element)};
}

template <class A, class B, class C>
constexpr bool check_product() {
    constexpr bool are_matrices = MatrixType<A> && MatrixType<B> && MatrixType<C>;
    if constexpr (are_matrices) {
        constexpr bool is_right =
            Shape<A>::use == MatrixUse::a && Shape<B>::use == MatrixUse::b && Shape<C>::use == MatrixUse::accumulator;
        static_assert(is_right, "alkomp: a product is of a MatrixA and a MatrixB, added to an Accumulator.");
        constexpr bool has_size = Shape<A>::columns == Shape<B>::rows && Shape<A>::rows == Shape<C>::rows &&
                                  Shape<B>::columns == Shape<C>::columns;
        static_assert(!is_right || has_size, "alkomp: a product is of M x K and K x N, added to M x N.");
        constexpr bool is_alike =
            is_float(kScalar<A>) == is_float(kScalar<C>) && is_float(kScalar<B>) == is_float(kScalar<C>);
        static_assert(is_alike, "alkomp: a product is of floats or of integers, not of both.");
        return is_right && has_size && is_alike;
    } else {
        static_assert(are_matrices, "alkomp: a product is of a MatrixA and a MatrixB, added to an Accumulator.");
        return false;
    }
}

/// True if `f` makes a number of one.
template <class T, class F>
constexpr bool is_map() {
    if constexpr (std::is_invocable_v<F&, Val<T>>) {
        using R = std::invoke_result_t<F&, Val<T>>;
        if constexpr (std::is_void_v<R>) return false;
        else return Number<ValueOf<R>>;
    } else {
        return false;
    }
}

}  // namespace detail

/// The matrix that begins at element `at` of the memory. Its rows begin `stride` elements of the memory apart, or its
/// columns. Each of them begins at a multiple of 16 bytes, or of its size if that is less; the whole matrix lies inside the
/// memory.
template <class M, class B>
[[nodiscard]] Val<M> matrix_load(const B& memory, detail::Index at, detail::Index stride,
                                 MatrixLayout layout = MatrixLayout::row_major) {
    if constexpr (detail::check_matrix_memory<M, B, true>())
        return Val<M>(
            detail::matrix_load(detail::type_info<M>(), detail::matrix_place(memory, at, stride, layout), at.place));
    else return Val<M>(detail::Node());
}

/// Writes the matrix to where `matrix_load` finds it.
template <class B, detail::DeviceValue X>
void matrix_store(const B& memory, X&& matrix, detail::Index at, detail::Index stride,
                  MatrixLayout layout = MatrixLayout::row_major) {
    using M = detail::ValueOf<X>;
    if constexpr (detail::check_matrix_memory<M, B, false>())
        detail::matrix_store(detail::type_info<M>(), detail::matrix_place(memory, at, stride, layout),
                             detail::input<M>(std::forward<X>(matrix), at.place), at.place);
}

/// a b + c, which has the type of c. The products and their sums are rounded as the device does.
template <detail::DeviceValue A, detail::DeviceValue B, detail::DeviceValue C>
[[nodiscard]] auto matrix_multiply_add(A&& a, B&& b, C&& c, MatrixProduct how = {}, detail::Place place = {}) {
    using MA = detail::ValueOf<A>;
    using MB = detail::ValueOf<B>;
    using MC = detail::ValueOf<C>;
    if constexpr (detail::check_product<MA, MB, MC>())
        return Val<MC>(detail::matrix_multiply_add(
            detail::input<MA>(std::forward<A>(a), place), detail::input<MB>(std::forward<B>(b), place),
            detail::input<MC>(std::forward<C>(c), place), how.saturating, place));
    else return Val<MC>(detail::Node());
}

/// Elements of a matrix that this invocation holds. Which ones they are is the device's matter.
template <class M>
[[nodiscard]] Val<u32> matrix_count(detail::Place place = {}) {
    detail::check_is_matrix<M>();
    return Val<u32>(detail::matrix_count(detail::type_info<M>(), place));
}
/// One of them. An index outside gives some element.
template <detail::DeviceValue X>
[[nodiscard]] auto matrix_get(X&& matrix, detail::Index at) {
    using M = detail::ValueOf<X>;
    detail::check_is_matrix<M>();
    return Val<detail::ScalarOf<M>>(
        detail::apply("matrix_get", {detail::input<M>(std::forward<X>(matrix), at.place), at.node}, at.place));
}
/// Changes one of them.
template <class M>
void matrix_set(Var<M>& matrix, detail::Index at, detail::Assigned<detail::ScalarOf<M>> value) {
    detail::check_is_matrix<M>();
    matrix.write(detail::apply("matrix_set", {matrix.read(at.place), value.node, at.node}, at.place), at.place);
}

/// The matrix of what `f` makes of each element: `matrix_map(sum, [](auto x) { return max(x, 0.0f); })`.
template <detail::DeviceValue X, class F>
[[nodiscard]] auto matrix_map(X&& matrix, F&& f, detail::Place place = {}) {
    using M = detail::ValueOf<X>;
    using T = detail::ScalarOf<M>;
    detail::check_is_matrix<M>();
    constexpr bool maps = detail::is_map<T, F>();
    static_assert(maps, "alkomp: what maps takes a Val<T> and gives one: [](auto x) { return x * x; }.");
    Var<M> made(std::forward<X>(matrix), place);
    if constexpr (maps)
        for_(range(matrix_count<M>(place), place), [&](Val<u32> k) {
            const detail::Index at(k, place);
            matrix_set(made, at, detail::Assigned<T>(f(matrix_get(made, at)), place));
        });
    return Val<M>(made, place);
}

}  // namespace alkomp
