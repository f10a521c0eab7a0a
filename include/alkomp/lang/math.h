// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of floats by the names that <cmath> gives them, lane by lane for vectors.
#pragma once

#include "alkomp/lang/number.h"

namespace alkomp {
namespace detail {

template <class T>
constexpr T nearest(f64 value) {
    if constexpr (std::is_same_v<T, f64>) return value;
    else return T(static_cast<f32>(value));
}

}  // namespace detail

template <detail::DeviceValue X>
[[nodiscard]] auto floor(X&& x, detail::Place place = {}) {
    return detail::floats("floor", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto ceil(X&& x, detail::Place place = {}) {
    return detail::floats("ceil", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto trunc(X&& x, detail::Place place = {}) {
    return detail::floats("trunc", place, std::forward<X>(x));
}
/// To the nearest integer, halves to the even one.
template <detail::DeviceValue X>
[[nodiscard]] auto rint(X&& x, detail::Place place = {}) {
    return detail::floats("round_even", place, std::forward<X>(x));
}
/// x - floor(x).
template <detail::DeviceValue X>
[[nodiscard]] auto fract(X&& x, detail::Place place = {}) {
    return detail::floats("fract", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto sqrt(X&& x, detail::Place place = {}) {
    return detail::floats("sqrt", place, std::forward<X>(x));
}
/// 1 / sqrt(x).
template <detail::DeviceValue X>
[[nodiscard]] auto rsqrt(X&& x, detail::Place place = {}) {
    return detail::floats("rsqrt", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto exp(X&& x, detail::Place place = {}) {
    return detail::floats("exp", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto exp2(X&& x, detail::Place place = {}) {
    return detail::floats("exp2", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto log(X&& x, detail::Place place = {}) {
    return detail::floats("log", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto log2(X&& x, detail::Place place = {}) {
    return detail::floats("log2", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto sin(X&& x, detail::Place place = {}) {
    return detail::floats("sin", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto cos(X&& x, detail::Place place = {}) {
    return detail::floats("cos", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto tan(X&& x, detail::Place place = {}) {
    return detail::floats("tan", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto asin(X&& x, detail::Place place = {}) {
    return detail::floats("asin", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto acos(X&& x, detail::Place place = {}) {
    return detail::floats("acos", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto atan(X&& x, detail::Place place = {}) {
    return detail::floats("atan", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto sinh(X&& x, detail::Place place = {}) {
    return detail::floats("sinh", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto cosh(X&& x, detail::Place place = {}) {
    return detail::floats("cosh", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto tanh(X&& x, detail::Place place = {}) {
    return detail::floats("tanh", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto asinh(X&& x, detail::Place place = {}) {
    return detail::floats("asinh", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto acosh(X&& x, detail::Place place = {}) {
    return detail::floats("acosh", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto atanh(X&& x, detail::Place place = {}) {
    return detail::floats("atanh", place, std::forward<X>(x));
}
/// Of x that is not negative.
template <class X, class Y>
    requires detail::AnyDevice<X, Y>
[[nodiscard]] auto pow(X&& x, Y&& y, detail::Place place = {}) {
    return detail::floats("pow", place, std::forward<X>(x), std::forward<Y>(y));
}
template <class Y, class X>
    requires detail::AnyDevice<Y, X>
[[nodiscard]] auto atan2(Y&& y, X&& x, detail::Place place = {}) {
    return detail::floats("atan2", place, std::forward<Y>(y), std::forward<X>(x));
}
template <class X, class Y>
    requires detail::AnyDevice<X, Y>
[[nodiscard]] auto fmod(X&& x, Y&& y, detail::Place place = {}) {
    return detail::floats("rem", place, std::forward<X>(x), std::forward<Y>(y));
}
template <class X, class Y, class Z>
    requires detail::AnyDevice<X, Y, Z>
[[nodiscard]] auto fma(X&& x, Y&& y, Z&& z, detail::Place place = {}) {
    return detail::floats("fma", place, std::forward<X>(x), std::forward<Y>(y), std::forward<Z>(z));
}
/// a (1 - t) + b t.
template <class A, class B, class T>
    requires detail::AnyDevice<A, B, T>
[[nodiscard]] auto lerp(A&& a, B&& b, T&& t, detail::Place place = {}) {
    return detail::floats("mix", place, std::forward<A>(a), std::forward<B>(b), std::forward<T>(t));
}
/// 0 where x < edge, else 1.
template <class EDGE, class X>
    requires detail::AnyDevice<EDGE, X>
[[nodiscard]] auto step(EDGE&& edge, X&& x, detail::Place place = {}) {
    return detail::floats("step", place, std::forward<EDGE>(edge), std::forward<X>(x));
}
template <class LOW, class HIGH, class X>
    requires detail::AnyDevice<LOW, HIGH, X>
[[nodiscard]] auto smoothstep(LOW&& low, HIGH&& high, X&& x, detail::Place place = {}) {
    return detail::floats("smoothstep", place, std::forward<LOW>(low), std::forward<HIGH>(high), std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto degrees(X&& x, detail::Place place = {}) {
    return detail::floats("degrees", place, std::forward<X>(x));
}
template <detail::DeviceValue X>
[[nodiscard]] auto radians(X&& x, detail::Place place = {}) {
    return detail::floats("radians", place, std::forward<X>(x));
}

/// To the nearest integer, halves away from zero.
template <detail::DeviceValue X>
[[nodiscard]] auto round(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    const Val<T> value(std::forward<X>(x), place), whole = trunc(value, place);
    return select(abs(value - whole, place) >= 0.5, whole + sign(value, place), whole, place);
}
template <detail::DeviceValue X>
[[nodiscard]] auto log10(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    return log2(std::forward<X>(x), place) * detail::nearest<detail::ScalarOf<T>>(0.30102999566398119521);
}

template <detail::DeviceValue X>
[[nodiscard]] auto isnan(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    return Val<detail::MaskOf<T>>(detail::apply("is_nan", {detail::input<T>(std::forward<X>(x), place)}, place));
}
template <detail::DeviceValue X>
[[nodiscard]] auto isinf(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    return Val<detail::MaskOf<T>>(detail::apply("is_inf", {detail::input<T>(std::forward<X>(x), place)}, place));
}
template <detail::DeviceValue X>
[[nodiscard]] auto isfinite(X&& x, detail::Place place = {}) {
    const Val<detail::FloatsOf<X>> value(std::forward<X>(x), place);
    return !(isnan(value, place) | isinf(value, place));
}
/// The smaller number; where one is NaN, the other.
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto fmin(A&& a, B&& b, detail::Place place = {}) {
    using T = detail::FloatsOf<A, B>;
    const Val<T> x(std::forward<A>(a), place), y(std::forward<B>(b), place);
    return select(isnan(x, place), y, select(isnan(y, place), x, min(x, y, place), place), place);
}
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto fmax(A&& a, B&& b, detail::Place place = {}) {
    using T = detail::FloatsOf<A, B>;
    const Val<T> x(std::forward<A>(a), place), y(std::forward<B>(b), place);
    return select(isnan(x, place), y, select(isnan(y, place), x, max(x, y, place), place), place);
}

/// x 2^exponent.
template <detail::DeviceValue X, class E>
[[nodiscard]] auto ldexp(X&& x, E&& exponent, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    using N = detail::VectorOf<i32, detail::kLanes<T>>;
    return Val<T>(detail::apply(
        "ldexp", {detail::input<T>(std::forward<X>(x), place), detail::input<N>(std::forward<E>(exponent), place)},
        place));
}
/// A fraction from 0.5 up to 1 and an exponent of 2.
template <class T>
struct Fraction {
    Val<T> fraction;
    Val<detail::VectorOf<i32, detail::kLanes<T>>> exponent;
};
template <detail::DeviceValue X>
[[nodiscard]] auto frexp(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    const detail::Node fraction = detail::apply("frexp", {detail::input<T>(std::forward<X>(x), place)}, place);
    return Fraction<T>{Val<T>(fraction), Val<detail::VectorOf<i32, detail::kLanes<T>>>(detail::second_result())};
}
/// What is behind the point and what is before it, both with the sign of x.
template <class T>
struct Parted {
    Val<T> fraction, whole;
};
template <detail::DeviceValue X>
[[nodiscard]] auto modf(X&& x, detail::Place place = {}) {
    using T = detail::FloatsOf<X>;
    const detail::Node fraction = detail::apply("modf", {detail::input<T>(std::forward<X>(x), place)}, place);
    return Parted<T>{Val<T>(fraction), Val<T>(detail::second_result())};
}

/// What `f` computes is rounded as it is written: no product and sum become one operation.
template <class F>
auto precise(F&& f) {
    const detail::PreciseScope scope;
    return f();
}

}  // namespace alkomp
