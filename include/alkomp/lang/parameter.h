// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel takes: buffers, shared memory, and values given with the call.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {

/// A buffer that the kernel only reads. An index outside it reads zero or any of its values.
template <class T>
class In {
public:
    using value_type = T;
    [[nodiscard]] Val<T> operator[](detail::Index at) const {
        return Val<T>(detail::load(detail::element(pointer_, at.node, 0, at.place), at.place));
    }
    [[nodiscard]] Val<u32> count(detail::Place place = {}) const {
        return Val<u32>(detail::apply("array_length", {pointer_}, place));
    }  ///< elements

    explicit In(detail::Node pointer) : pointer_(pointer) {}  ///< for alkomp's own parts, as is the following
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }

private:
    detail::Node pointer_;
};

/// A buffer that the kernel only writes. An index outside it writes nothing, or anywhere in it.
template <class T>
class Out {
public:
    using value_type = T;
    [[nodiscard]] Ref<T, false> operator[](detail::Index at) const {
        return Ref<T, false>(detail::element(pointer_, at.node, 0, at.place));
    }
    [[nodiscard]] Val<u32> count(detail::Place place = {}) const {
        return Val<u32>(detail::apply("array_length", {pointer_}, place));
    }  ///< elements

    explicit Out(detail::Node pointer) : pointer_(pointer) {}  ///< for alkomp's own parts, as is the following
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }

private:
    detail::Node pointer_;
};

/// A buffer that the kernel reads and writes.
template <class T>
class InOut {
public:
    using value_type = T;
    [[nodiscard]] Ref<T> operator[](detail::Index at) const {
        return Ref<T>(detail::element(pointer_, at.node, 0, at.place));
    }
    [[nodiscard]] Val<u32> count(detail::Place place = {}) const {
        return Val<u32>(detail::apply("array_length", {pointer_}, place));
    }  ///< elements

    explicit InOut(detail::Node pointer) : pointer_(pointer) {}  ///< for alkomp's own parts, as is the following
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }

private:
    detail::Node pointer_;
};

namespace detail {
template <class T, std::size_t... Counts>
struct Nested {
    using type = T;
};
template <class T, std::size_t First, std::size_t... Rest>
struct Nested<T, First, Rest...> {
    using type = typename Nested<T, Rest...>::type[First];  // T[First][Rest]
};
}  // namespace detail

/// Memory of a workgroup: `Shared<f32, 16, 16> tile`, a parameter of the kernel or a local of it. It starts
/// unspecified.
template <class T, std::size_t Count, std::size_t... Counts>
class Shared {
    using Element = typename detail::Nested<T, Counts...>::type;
    using Whole = Element[Count];

public:
    using value_type = Element;
    explicit Shared(detail::Place place = {}) : pointer_(detail::shared(detail::type_info<Whole>(), place)) {}
    [[nodiscard]] Ref<Element> operator[](detail::Index at) const {
        return Ref<Element>(detail::element(pointer_, at.node, Count, at.place));
    }
    [[nodiscard]] static constexpr u32 count() { return Count; }              ///< elements
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }  ///< for alkomp's own parts

private:
    detail::Node pointer_;
};

}  // namespace alkomp
