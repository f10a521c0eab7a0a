// SPDX-License-Identifier: MIT OR Apache-2.0
// The values of kernels: Val never changes, Var does, Ref is a place in memory that has no name.
#pragma once

#include "alkomp/lang/operator.h"
#include "alkomp/lang/vector.h"

namespace alkomp {

/// A value that a kernel has computed; it never changes. Made from whatever fits T without loss; `Val<T>(x)` converts
/// any number: to an integer it truncates and saturates, between integers it wraps, and a bool is 0 or 1.
template <class T>
class Val : public detail::Operators<T>, public detail::Parts<Val<T>, T> {
public:
    using value_type = T;
    Val(const Val&) = default;
    template <class X>
        requires detail::Explicit<X, T>
    explicit(!detail::Implicit<X, T>) Val(X&& x, detail::Place place = {})
        : node_(detail::cast<T>(std::forward<X>(x), place)) {}
    /// A vector of these lanes, scalars and shorter vectors; or a struct or array of these members.
    template <class... X>
        requires detail::PartsOf<T, X...>
    explicit Val(X&&... parts) : node_(detail::compose_parts<T>(std::forward<X>(parts)...)) {}

    Val& operator=(const Val&)
        requires(sizeof(T) == 0)
    = delete;
    template <class X>
    Val& operator=(X&&) {
        constexpr bool never = detail::kNever<X>;
        static_assert(never, "alkomp: a Val and an element of In never change: use Var or InOut.");
        return *this;
    }
    template <class Never = T>
    explicit operator bool() const {
        constexpr bool never = detail::kNever<Never>;
        static_assert(never, "alkomp: only the device knows this value: use if_, while_ or select.");
        return false;
    }

    explicit Val(detail::Node node) : node_(node) {}  ///< for alkomp's own parts, as are the following
    [[nodiscard]] detail::Node node() const noexcept { return node_; }
    [[nodiscard]] detail::Node read(detail::Place) const noexcept { return node_; }

private:
    detail::Node node_;
};

/// A variable of one invocation. A copy is a new variable; without a value it starts unspecified.
template <class T>
class Var : public detail::Operators<T>, public detail::Parts<Var<T>, T> {
public:
    using value_type = T;
    explicit Var(detail::Place place = {}) : pointer_(detail::variable(detail::type_info<T>(), nullptr, place)) {}
    template <class X>
        requires detail::Implicit<X, T>
    Var(X&& x, detail::Place place = {}) : Var(detail::cast<T>(std::forward<X>(x), place), place) {}  // NOLINT
    template <class X>
        requires(detail::Unfit<X, T> && detail::Explicit<X, T>)
    explicit Var(X&& x, detail::Place place = {}) : Var(detail::cast<T>(std::forward<X>(x), place), place) {}
    template <class X>
        requires detail::Unfit<X, T>
    Var(X&& x, detail::Place place = {}) : Var(place) {  // NOLINT: for `Var<u32> n = f`, only to say what is wrong
        *this = std::forward<X>(x);
    }
    Var(const Var& other, detail::Place place = {}) : Var(other.read(place), place) {}
    Var(Var&& other) noexcept : pointer_(std::exchange(other.pointer_, {})) {}  ///< the same variable
    template <class... X>
        requires detail::PartsOf<T, X...>
    explicit Var(X&&... parts) : Var(detail::compose_parts<T>(std::forward<X>(parts)...), detail::kNowhere) {}

    Var& operator=(const Var&)
        requires(sizeof(T) == 0)
    = delete;
    Var& operator=(detail::Assigned<T> value) {
        detail::store(pointer_, value.node, value.place);
        return *this;
    }
    template <class Never = T>
    explicit operator bool() const {
        constexpr bool never = detail::kNever<Never>;
        static_assert(never, "alkomp: only the device knows this value: use if_, while_ or select.");
        return false;
    }

    struct At {
        detail::Node pointer;
    };
    explicit Var(At at) : pointer_(at.pointer) {}  ///< for alkomp's own parts, as are the following
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }
    [[nodiscard]] detail::Node read(detail::Place place) const { return detail::load(pointer_, place); }
    void write(detail::Node value, detail::Place place) const { detail::store(pointer_, value, place); }

private:
    Var(detail::Node initial, detail::Place place)
        : pointer_(detail::variable(detail::type_info<T>(), &initial, place)) {}

    detail::Node pointer_;
};

template <class X>
Var(X&&) -> Var<detail::ValueOf<X>>;
template <class X>
Val(X&&) -> Val<detail::ValueOf<X>>;

/// An element of a buffer or shared memory, or a part of a variable: read or assigned to where it is written, never
/// kept.
template <class T, bool Readable>
class Ref : public detail::Operators<T>, public detail::RefParts<Ref<T, Readable>, T> {
public:
    using value_type = T;
    Ref(const Ref&) = delete;

    Ref& operator=(const Ref&)
        requires(sizeof(T) == 0)
    = delete;
    Ref& operator=(detail::Assigned<T> value) && {
        detail::store(pointer_, value.node, value.place);
        return *this;
    }
    template <class X>
    Ref& operator=(X&&) & {
        detail::check_readable<Ref&>();
        return *this;
    }
    template <class Never = T>
    explicit operator bool() const {
        constexpr bool never = detail::kNever<Never>;
        static_assert(never, "alkomp: only the device knows this value: use if_, while_ or select.");
        return false;
    }

    explicit Ref(detail::Node pointer) : pointer_(pointer) {}  ///< for alkomp's own parts, as are the following
    [[nodiscard]] detail::Node pointer() const noexcept { return pointer_; }
    [[nodiscard]] detail::Node read(detail::Place place) const { return detail::load(pointer_, place); }
    void write(detail::Node value, detail::Place place) const { detail::store(pointer_, value, place); }

private:
    detail::Node pointer_;
};

/// Several lanes of a vector in memory; an assignment writes these lanes alone.
template <class T>
class LaneRef : public detail::Operators<T> {
public:
    using value_type = T;
    LaneRef(const LaneRef&) = delete;
    LaneRef& operator=(const LaneRef&)
        requires(sizeof(T) == 0)
    = delete;
    LaneRef& operator=(detail::Assigned<T> value) && {
        detail::store_lanes(pointer_, lanes_, detail::kLanes<T>, value.node, value.place);
        return *this;
    }
    template <class X>
    LaneRef& operator=(X&&) & {
        detail::check_readable<LaneRef&>();
        return *this;
    }
    template <class Never = T>
    explicit operator bool() const {
        constexpr bool never = detail::kNever<Never>;
        static_assert(never, "alkomp: only the device knows this value: use if_, while_ or select.");
        return false;
    }

    LaneRef(detail::Node pointer, std::initializer_list<u32> lanes) : pointer_(pointer) {  ///< for alkomp's own parts
        u32* out = lanes_;
        for (const u32 lane : lanes) *out++ = lane;
    }
    [[nodiscard]] detail::Node read(detail::Place place) const {
        return detail::load_lanes(pointer_, lanes_, detail::kLanes<T>, place);
    }
    void write(detail::Node value, detail::Place place) const {
        detail::store_lanes(pointer_, lanes_, detail::kLanes<T>, value, place);
    }

private:
    detail::Node pointer_;
    u32 lanes_[4] = {};
};

/// A name for a place: `auto x = ref(data[i]);` makes x a variable that lives there.
template <class T>
[[nodiscard]] Var<T> ref(Ref<T>&& place) {
    return Var<T>(typename Var<T>::At{place.pointer()});
}

}  // namespace alkomp
