// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions of the bits of integers by the names that <bit> gives them, lane by lane for vectors.
#pragma once

#include "alkomp/lang/number.h"

namespace alkomp {
namespace detail {

template <class X>
constexpr auto unsigned_type() {
    using T = IntegersOf<X>;
    static_assert(is_unsigned_integer(kScalar<T>), "alkomp: as in C++, this function takes unsigned integers.");
    return std::type_identity<T>();
}
template <class X>
using UnsignedOf = typename decltype(unsigned_type<X>())::type;

}  // namespace detail

/// The same bits as another type of the same size.
template <class T, detail::DeviceValue X>
    requires detail::Numeric<T>
[[nodiscard]] Val<T> bit_cast(X&& x, detail::Place place = {}) {
    using From = detail::ValueOf<X>;
    static_assert(detail::Numeric<From> && sizeof(T) == sizeof(From), "alkomp: bit_cast: the sizes are equal.");
    return Val<T>(
        detail::apply("bitcast", {detail::input<From>(std::forward<X>(x), place)}, place, &detail::type_info<T>()));
}

/// Bits that are set.
template <detail::DeviceValue X>
[[nodiscard]] auto popcount(X&& x, detail::Place place = {}) {
    return detail::integers("count_ones", place, std::forward<X>(x));
}
/// Zeros above the highest set bit; all bits of 0.
template <detail::DeviceValue X>
[[nodiscard]] auto countl_zero(X&& x, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    return detail::ScalarOf<T>(8 * sizeof(detail::ScalarOf<T>) - 1) -
           detail::same<T>("find_msb", place, std::forward<X>(x));
}
/// Zeros below the lowest set bit; all bits of 0.
template <detail::DeviceValue X>
[[nodiscard]] auto countr_zero(X&& x, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    const Val<T> value(std::forward<X>(x), place);
    return select(value == 0, Val<T>(detail::ScalarOf<T>(8 * sizeof(detail::ScalarOf<T>))),
                  detail::same<T>("find_lsb", place, value), place);
}
template <detail::DeviceValue X>
[[nodiscard]] auto countl_one(X&& x, detail::Place place = {}) {
    return countl_zero(~Val<detail::UnsignedOf<X>>(std::forward<X>(x), place), place);
}
template <detail::DeviceValue X>
[[nodiscard]] auto countr_one(X&& x, detail::Place place = {}) {
    return countr_zero(~Val<detail::UnsignedOf<X>>(std::forward<X>(x), place), place);
}
/// Bits that the number takes: 0 of 0.
template <detail::DeviceValue X>
[[nodiscard]] auto bit_width(X&& x, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    return detail::same<T>("find_msb", place, std::forward<X>(x)) + 1;
}
template <detail::DeviceValue X>
[[nodiscard]] auto has_single_bit(X&& x, detail::Place place = {}) {
    return popcount(Val<detail::UnsignedOf<X>>(std::forward<X>(x), place), place) == 1;
}
/// The largest power of two that is not greater; 0 of 0.
template <detail::DeviceValue X>
[[nodiscard]] auto bit_floor(X&& x, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    const Val<T> value(std::forward<X>(x), place), one(detail::ScalarOf<T>(1), place);
    return select(value == 0, Val<T>(detail::ScalarOf<T>(0)), one << (bit_width(value, place) - 1), place);
}
/// The smallest power of two that is not less.
template <detail::DeviceValue X>
[[nodiscard]] auto bit_ceil(X&& x, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    const Val<T> value(std::forward<X>(x), place), one(detail::ScalarOf<T>(1), place);
    return select(value <= 1, one, one << bit_width(value - 1, place), place);
}
template <detail::DeviceValue X, class N>
[[nodiscard]] auto rotl(X&& x, N&& count, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    const Val<T> value(std::forward<X>(x), place);
    const Val<detail::VectorOf<i32, detail::kLanes<T>>> by(std::forward<N>(count), place);
    return value << by | value >> -by;
}
template <detail::DeviceValue X, class N>
[[nodiscard]] auto rotr(X&& x, N&& count, detail::Place place = {}) {
    using T = detail::UnsignedOf<X>;
    const Val<T> value(std::forward<X>(x), place);
    const Val<detail::VectorOf<i32, detail::kLanes<T>>> by(std::forward<N>(count), place);
    return value >> by | value << -by;
}

template <detail::DeviceValue X>
[[nodiscard]] auto reverse_bits(X&& x, detail::Place place = {}) {
    return detail::integers("reverse_bits", place, std::forward<X>(x));
}
/// The upper half of the product.
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto mul_high(A&& a, B&& b, detail::Place place = {}) {
    return detail::integers("mul_high", place, std::forward<A>(a), std::forward<B>(b));
}
/// `count` bits from `offset` on; of a signed value with its sign.
template <detail::DeviceValue X, class O, class N>
[[nodiscard]] auto extract_bits(X&& x, O&& offset, N&& count, detail::Place place = {}) {
    using T = detail::IntegersOf<X>;
    return Val<T>(
        detail::apply("extract_bits",
                      {detail::input<T>(std::forward<X>(x), place), detail::input<u32>(std::forward<O>(offset), place),
                       detail::input<u32>(std::forward<N>(count), place)},
                      place));
}
/// `x` with the lowest `count` bits of `value` at `offset`.
template <class X, class V, class O, class N>
    requires detail::AnyDevice<X, V>
[[nodiscard]] auto insert_bits(X&& x, V&& value, O&& offset, N&& count, detail::Place place = {}) {
    using T = detail::IntegersOf<X, V>;
    return Val<T>(detail::apply(
        "insert_bits",
        {detail::input<T>(std::forward<X>(x), place), detail::input<T>(std::forward<V>(value), place),
         detail::input<u32>(std::forward<O>(offset), place), detail::input<u32>(std::forward<N>(count), place)},
        place));
}
/// A sum and 1 where it wrapped, or a difference and 1 where it did.
template <class T>
struct Carried {
    Val<T> value, carry;
};
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto add_carry(A&& a, B&& b, detail::Place place = {}) {
    const auto sum = detail::integers("add_carry", place, std::forward<A>(a), std::forward<B>(b));
    return Carried<typename decltype(sum)::value_type>{sum, decltype(sum)(detail::second_result())};
}
template <class A, class B>
    requires detail::AnyDevice<A, B>
[[nodiscard]] auto sub_borrow(A&& a, B&& b, detail::Place place = {}) {
    const auto difference = detail::integers("sub_borrow", place, std::forward<A>(a), std::forward<B>(b));
    return Carried<typename decltype(difference)::value_type>{difference,
                                                              decltype(difference)(detail::second_result())};
}

// As GLSL defines them.
[[nodiscard]] inline Val<u32> pack_snorm4x8(detail::Assigned<f32x4> x) {
    return Val<u32>(detail::apply("pack_snorm4x8", {x.node}, x.place, &detail::type_info<u32>()));
}
[[nodiscard]] inline Val<u32> pack_unorm4x8(detail::Assigned<f32x4> x) {
    return Val<u32>(detail::apply("pack_unorm4x8", {x.node}, x.place, &detail::type_info<u32>()));
}
[[nodiscard]] inline Val<u32> pack_snorm2x16(detail::Assigned<f32x2> x) {
    return Val<u32>(detail::apply("pack_snorm2x16", {x.node}, x.place, &detail::type_info<u32>()));
}
[[nodiscard]] inline Val<u32> pack_unorm2x16(detail::Assigned<f32x2> x) {
    return Val<u32>(detail::apply("pack_unorm2x16", {x.node}, x.place, &detail::type_info<u32>()));
}
[[nodiscard]] inline Val<u32> pack_half2x16(detail::Assigned<f32x2> x) {
    return Val<u32>(detail::apply("pack_half2x16", {x.node}, x.place, &detail::type_info<u32>()));
}
[[nodiscard]] inline Val<f32x4> unpack_snorm4x8(detail::Assigned<u32> x) {
    return Val<f32x4>(detail::apply("unpack_snorm4x8", {x.node}, x.place, &detail::type_info<f32x4>()));
}
[[nodiscard]] inline Val<f32x4> unpack_unorm4x8(detail::Assigned<u32> x) {
    return Val<f32x4>(detail::apply("unpack_unorm4x8", {x.node}, x.place, &detail::type_info<f32x4>()));
}
[[nodiscard]] inline Val<f32x2> unpack_snorm2x16(detail::Assigned<u32> x) {
    return Val<f32x2>(detail::apply("unpack_snorm2x16", {x.node}, x.place, &detail::type_info<f32x2>()));
}
[[nodiscard]] inline Val<f32x2> unpack_unorm2x16(detail::Assigned<u32> x) {
    return Val<f32x2>(detail::apply("unpack_unorm2x16", {x.node}, x.place, &detail::type_info<f32x2>()));
}
[[nodiscard]] inline Val<f32x2> unpack_half2x16(detail::Assigned<u32> x) {
    return Val<f32x2>(detail::apply("unpack_half2x16", {x.node}, x.place, &detail::type_info<f32x2>()));
}

}  // namespace alkomp
