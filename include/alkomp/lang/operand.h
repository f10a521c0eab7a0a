// SPDX-License-Identifier: MIT OR Apache-2.0
// What may stand where a kernel's value is wanted: values, variables, places, and numbers of the host.
#pragma once

#include "alkomp/lang/type.h"

#include <utility>

namespace alkomp {

template <class T>
class Val;
template <class T>
class Var;
template <class T, bool Readable = true>
class Ref;
template <class T>
class LaneRef;

namespace detail {

template <class X>
struct DeviceType {
    static constexpr bool is = false, is_place = false, is_ref = false, is_readable = true;
    using type = X;
};
template <class T>
struct DeviceType<Val<T>> {
    static constexpr bool is = true, is_place = false, is_ref = false, is_readable = true;
    using type = T;
};
template <class T>
struct DeviceType<Var<T>> {
    static constexpr bool is = true, is_place = true, is_ref = false, is_readable = true;
    using type = T;
};
template <class T, bool Readable>
struct DeviceType<Ref<T, Readable>> {
    static constexpr bool is = true, is_place = true, is_ref = true, is_readable = Readable;
    using type = T;
};
template <class T>
struct DeviceType<LaneRef<T>> {
    static constexpr bool is = true, is_place = true, is_ref = true, is_readable = true;
    using type = T;
};
template <class X>
using DeviceTypeOf = DeviceType<std::remove_cvref_t<X>>;

/// A Val, Var or Ref.
template <class X>
concept DeviceValue = DeviceTypeOf<X>::is;
/// The type of its value; of a host value its own.
template <class X>
using ValueOf = typename DeviceTypeOf<X>::type;

/// True if both are matrices that differ in the type of their elements alone.
template <class A, class B>
constexpr bool is_same_shape() {
    if constexpr (MatrixType<A> && MatrixType<B>)
        return Shape<A>::rows == Shape<B>::rows && Shape<A>::columns == Shape<B>::columns &&
               Shape<A>::use == Shape<B>::use;
    else return false;
}
/// True if a value of type From becomes one of type To without being asked: it always fits.
template <class From, class To>
constexpr bool becomes() {
    if constexpr (std::is_same_v<From, To>) return true;
    else if constexpr (MatrixType<To>)
        return fits(kScalar<From>, kScalar<To>) && (Number<From> || is_same_shape<From, To>());
    else if constexpr (Numeric<From> && Numeric<To>)
        return fits(kScalar<From>, kScalar<To>) && (kLanes<From> == kLanes<To> || kLanes<From> == 1);
    else return false;
}
/// The same for a number of the host, whose value is looked at when it is recorded.
template <class From, class To>
constexpr bool host_becomes() {
    if constexpr (std::is_same_v<From, To>) return true;
    else if constexpr (Number<From> && (Numeric<To> || MatrixType<To>)) {
        constexpr Scalar from = scalar_of<From>(), to = kScalar<To>;
        return from == Scalar::boolean || is_float(to) || (is_integer(from) && to != Scalar::boolean);
    } else return false;
}
template <class From, class To>
concept Implicit = (DeviceValue<From> ? becomes<ValueOf<From>, To>() : host_becomes<ValueOf<From>, To>());
template <class From, class To>
constexpr bool converts() {
    if constexpr (MatrixType<To>) return Number<From> || is_same_shape<From, To>();
    else return Numeric<From> && Numeric<To> && (kLanes<From> == kLanes<To> || kLanes<From> == 1);
}
/// A number becomes any other number if the program asks for it; NaN and what does not fit as in ir/module.h.
template <class From, class To>
concept Explicit = Implicit<From, To> || (DeviceValue<From> && converts<ValueOf<From>, To>());

/// A value of the device of a type that need not fit; the program has to ask.
template <class From, class To>
concept Unfit = DeviceValue<From> && !
Implicit<From, To>;
/// What a composite is made of: not one value with its place.
template <class T, class... X>
concept PartsOf = (sizeof...(X) > 1) && !
Number<T> && !(std::is_same_v<std::remove_cvref_t<X>, Place> || ...);

/// The type of an operation on both: one of theirs that holds the values of the other; void if neither does. A number
/// of the host becomes what the device's value is, a vector of the host makes one of it.
template <class A, class B>
using Common =
    std::conditional_t<Implicit<B, ValueOf<A>> && DeviceValue<A>, ValueOf<A>,
                       std::conditional_t<Implicit<A, ValueOf<B>> && (DeviceValue<B> || Vector<ValueOf<B>>), ValueOf<B>,
                                          std::conditional_t<Implicit<B, ValueOf<A>>, ValueOf<A>, void>>>;

template <class X>
constexpr void check_readable() {
    constexpr bool is_named = DeviceTypeOf<X>::is_ref && std::is_lvalue_reference_v<X>;
    static_assert(!is_named, "alkomp: `auto x = data[i]` is a place: write Val x, Var x, or ref(data[i]).");
    constexpr bool is_readable = DeviceTypeOf<X>::is_readable;
    static_assert(is_readable, "alkomp: an Out<T> is only written: make it an InOut<T>.");
}

/// The value of `x` as a T.
template <class T, class X>
Node input(X&& x, Place place) {
    using From = ValueOf<X>;
    if constexpr (DeviceValue<X>) {
        check_readable<X>();
        const Node node = x.read(place);
        if constexpr (std::is_same_v<From, T>) return node;
        else return convert(node, type_info<T>(), place);
    } else if constexpr (std::is_same_v<From, T>) {
        return constant(type_info<T>(), &x, place);
    } else if constexpr (std::is_same_v<From, bool>) {
        return number(type_info<T>(), x, place);
    } else if constexpr (is_float(scalar_of<From>())) {
        return number(type_info<T>(),
                      static_cast<f64>(static_cast<std::conditional_t<std::is_same_v<From, f64>, f64, f32>>(x)), place);
    } else if constexpr (is_signed_integer(scalar_of<From>())) {
        return number(type_info<T>(), static_cast<i64>(x), place);
    } else {
        return number(type_info<T>(), static_cast<u64>(x), place);
    }
}

/// An operand of type T. The place rides on the conversion: a default argument is evaluated where it is used.
template <class T>
struct Operand : Input {
    template <class X>
        requires Implicit<X, T>
    Operand(X&& x, Place where = {})  // NOLINT: a conversion
        : Input{input<T>(std::forward<X>(x), where), where} {}
};

/// The right side of an assignment, and arguments of functions with one candidate: says itself what does not fit.
template <class T>
struct Assigned : Input {
    template <class X>
    Assigned(X&& x, Place where = {}) : Input{convert_input<X>(x, where), where} {}  // NOLINT

private:
    template <class X>
    static Node convert_input(std::remove_reference_t<X>& x, Place where) {
        constexpr bool fits = Implicit<X, T>;
        static_assert(fits, "alkomp: a value of this type need not fit here: use Val<T>(x).");
        if constexpr (fits) return input<T>(static_cast<X&&>(x), where);
        else return {};
    }
};

/// An index, of any integer type.
struct Index : Input {
    template <class X>
    Index(X&& x, Place where = {}) : Input{integer<X>(x, where), where} {}  // NOLINT

private:
    template <class X>
    static Node integer(std::remove_reference_t<X>& x, Place where) {
        using From = ValueOf<X>;
        constexpr bool is_right = Number<From> && is_integer(scalar_of<From>());
        static_assert(is_right, "alkomp: an index is an integer: use Val<u32>(x).");
        if constexpr (is_right && DeviceValue<X>) {
            constexpr bool is_short = sizeof(From) < 4;
            using Wide = std::conditional_t<is_short, std::conditional_t<std::is_signed_v<From>, i32, u32>, From>;
            return input<Wide>(static_cast<X&&>(x), where);
        } else if constexpr (is_right) {
            return index_number(static_cast<i64>(x), where);
        } else {
            return {};
        }
    }
};

}  // namespace detail
}  // namespace alkomp
