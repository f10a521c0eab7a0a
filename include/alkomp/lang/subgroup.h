// SPDX-License-Identifier: MIT OR Apache-2.0
// Operations among the invocations of a subgroup that come to them together. Their kernels are called with `groups`.
#pragma once

#include "alkomp/lang/function_types.h"

namespace alkomp {

/// How values are combined; `bit_` also for bools.
enum class Combine : u8 { add, mul, min, max, bit_and, bit_or, bit_xor };

namespace detail {

template <class T>
constexpr void check_lanes() {
    static_assert(Numeric<T>, "alkomp: subgroup operations are on numbers, bools and vectors of them.");
}
template <class X>
auto among(std::string_view op, X&& x, Place place, std::initializer_list<u32> immediates = {}) {
    using T = ValueOf<X>;
    check_lanes<T>();
    return Val<T>(apply(op, {input<T>(std::forward<X>(x), place)}, place, nullptr, immediates));
}
template <class X>
auto among(std::string_view op, X&& x, const Input& lane, std::initializer_list<u32> immediates = {}) {
    using T = ValueOf<X>;
    check_lanes<T>();
    return Val<T>(apply(op, {input<T>(std::forward<X>(x), lane.place), lane.node}, lane.place, nullptr, immediates));
}

}  // namespace detail

/// True for one of them.
[[nodiscard]] inline Val<bool> subgroup_elect(detail::Place place = {}) {
    return Val<bool>(detail::apply("subgroup_elect", {}, place));
}
[[nodiscard]] inline Val<bool> subgroup_all(detail::Assigned<bool> x) {
    return Val<bool>(detail::apply("subgroup_all", {x.node}, x.place));
}
[[nodiscard]] inline Val<bool> subgroup_any(detail::Assigned<bool> x) {
    return Val<bool>(detail::apply("subgroup_any", {x.node}, x.place));
}
template <detail::DeviceValue X>
[[nodiscard]] Val<bool> subgroup_all_equal(X&& x, detail::Place place = {}) {
    using T = detail::ValueOf<X>;
    detail::check_lanes<T>();
    return Val<bool>(detail::apply("subgroup_all_equal", {detail::input<T>(std::forward<X>(x), place)}, place));
}

/// A bit for each lane where the value is true, the lowest for lane 0.
[[nodiscard]] inline Val<u32x4> subgroup_ballot(detail::Assigned<bool> x) {
    return Val<u32x4>(detail::apply("subgroup_ballot", {x.node}, x.place));
}
[[nodiscard]] inline Val<bool> ballot_bit(detail::Assigned<u32x4> ballot, detail::Assigned<u32> lane) {
    return Val<bool>(detail::apply("subgroup_ballot_bit", {ballot.node, lane.node}, lane.place));
}
/// Bits that are set, in all lanes.
[[nodiscard]] inline Val<u32> ballot_count(detail::Assigned<u32x4> ballot) {
    return Val<u32>(detail::apply("subgroup_ballot_count", {ballot.node}, ballot.place, nullptr, {0}));
}
/// ... up to this lane.
[[nodiscard]] inline Val<u32> ballot_inclusive_count(detail::Assigned<u32x4> ballot) {
    return Val<u32>(detail::apply("subgroup_ballot_count", {ballot.node}, ballot.place, nullptr, {1}));
}
/// ... before this lane.
[[nodiscard]] inline Val<u32> ballot_exclusive_count(detail::Assigned<u32x4> ballot) {
    return Val<u32>(detail::apply("subgroup_ballot_count", {ballot.node}, ballot.place, nullptr, {2}));
}
/// The lowest lane whose bit is set.
[[nodiscard]] inline Val<u32> ballot_lsb(detail::Assigned<u32x4> ballot) {
    return Val<u32>(detail::apply("subgroup_ballot_lsb", {ballot.node}, ballot.place));
}
/// The highest lane whose bit is set.
[[nodiscard]] inline Val<u32> ballot_msb(detail::Assigned<u32x4> ballot) {
    return Val<u32>(detail::apply("subgroup_ballot_msb", {ballot.node}, ballot.place));
}

/// The value of one lane, the same lane for all.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_broadcast(X&& x, detail::Assigned<u32> lane) {
    return detail::among("subgroup_broadcast", std::forward<X>(x), lane);
}
/// The value of the lowest lane that is here.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_broadcast_first(X&& x, detail::Place place = {}) {
    return detail::among("subgroup_broadcast_first", std::forward<X>(x), place);
}
/// The value of any lane.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_shuffle(X&& x, detail::Assigned<u32> lane) {
    return detail::among("subgroup_shuffle", std::forward<X>(x), lane);
}
/// The value of the lane whose number differs in these bits.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_shuffle_xor(X&& x, detail::Assigned<u32> bits) {
    return detail::among("subgroup_shuffle_xor", std::forward<X>(x), bits);
}
/// The value of the lane so many below, or above.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_shuffle_up(X&& x, detail::Assigned<u32> distance) {
    return detail::among("subgroup_shuffle_up", std::forward<X>(x), distance);
}
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_shuffle_down(X&& x, detail::Assigned<u32> distance) {
    return detail::among("subgroup_shuffle_down", std::forward<X>(x), distance);
}
/// The value of the lane so many above, beginning again at the end of the subgroup or of each `cluster` lanes.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_rotate(X&& x, detail::Assigned<u32> distance, u32 cluster = 0) {
    return detail::among("subgroup_rotate", std::forward<X>(x), distance, {cluster});
}

/// All values combined, of the subgroup or of each `cluster` lanes.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_reduce(X&& x, Combine how, u32 cluster = 0, detail::Place place = {}) {
    return detail::among("subgroup_reduce", std::forward<X>(x), place, {static_cast<u32>(how), cluster});
}
/// The values up to this lane combined.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_inclusive_scan(X&& x, Combine how, detail::Place place = {}) {
    return detail::among("subgroup_scan", std::forward<X>(x), place, {static_cast<u32>(how), 1});
}
/// The values before this lane combined; of the first lane what changes nothing.
template <detail::DeviceValue X>
[[nodiscard]] auto subgroup_exclusive_scan(X&& x, Combine how, detail::Place place = {}) {
    return detail::among("subgroup_scan", std::forward<X>(x), place, {static_cast<u32>(how), 2});
}

/// Among four neighbours: the value of one of them, and of the one across x, y, or both.
template <detail::DeviceValue X>
[[nodiscard]] auto quad_broadcast(X&& x, detail::Assigned<u32> lane) {
    return detail::among("quad_broadcast", std::forward<X>(x), lane);
}
template <detail::DeviceValue X>
[[nodiscard]] auto quad_swap_x(X&& x, detail::Place place = {}) {
    return detail::among("quad_swap", std::forward<X>(x), place, {0});
}
template <detail::DeviceValue X>
[[nodiscard]] auto quad_swap_y(X&& x, detail::Place place = {}) {
    return detail::among("quad_swap", std::forward<X>(x), place, {1});
}
template <detail::DeviceValue X>
[[nodiscard]] auto quad_swap_xy(X&& x, detail::Place place = {}) {
    return detail::among("quad_swap", std::forward<X>(x), place, {2});
}

}  // namespace alkomp
