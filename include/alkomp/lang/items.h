// SPDX-License-Identifier: MIT OR Apache-2.0
// Several values of each invocation, and the way between them and buffers.
#pragma once

#include "alkomp/lang/builtin.h"
#include "alkomp/lang/control.h"
#include "alkomp/lang/number.h"

#include <utility>
#include <vector>

namespace alkomp {

/// K values of one invocation, each a variable: `items[k]` with a number of the host. In blocked order, invocation i of a
/// workgroup of n has the values i K, i K + 1, ...; in striped order it has i, i + n, i + 2 n, ...
template <class T, u32 K>
class Items {
public:
    static constexpr u32 count = K;
    explicit Items(detail::Place place = {}) {
        items_.reserve(K);
        for (u32 k = 0; k < K; ++k) items_.emplace_back(place);
    }
    Items(const Items&) = delete;
    Items& operator=(const Items&) = delete;
    Items(Items&&) noexcept = default;
    Items& operator=(Items&&) = delete;
    [[nodiscard]] Var<T>& operator[](u32 k) { return items_[k]; }
    [[nodiscard]] const Var<T>& operator[](u32 k) const { return items_[k]; }

private:
    std::vector<Var<T>> items_;
};

namespace detail {

/// Where this workgroup's values begin: those of the workgroups before it, k of each invocation.
inline Val<u32> block_begin(u32 k) { return workgroup_id() * (block_size() * k); }

template <class B>
using ElementOf = typename std::remove_cvref_t<B>::value_type;
template <class B>
using NumberOf = ScalarOf<ElementOf<B>>;
template <class B>
inline constexpr u32 kWidth = kLanes<ElementOf<B>>;  ///< numbers in an element of the buffer

template <class V, std::size_t... Lane, class T, u32 K>
Val<V> vector_of(const Items<T, K>& items, u32 first, std::index_sequence<Lane...>) {
    return Val<V>(Val<T>(items[first + static_cast<u32>(Lane)])...);
}

// `count` values from the place `from` of the items, which lie side by side from `at` on. Vectors go as a whole; the lanes of
// the last one by themselves.
template <class B, class T, u32 K>
void load_run(const B& buffer, Items<T, K>& items, u32 from, u32 count, const Val<u32>& at, const Val<u32>& end,
              const Val<T>& otherwise) {
    for (u32 k = 0; k < count; k += kWidth<B>) {
        for (u32 lane = 0; lane < kWidth<B>; ++lane) items[from + k + lane] = otherwise;
        const Val<u32> first = at + k;
        if constexpr (kWidth<B> == 1) {
            if_(first < end, [&] { items[from + k] = buffer[first]; });
        } else {
            if_(first < end, [&] {
                const Val whole = buffer[first / kWidth<B>];
                for (u32 lane = 0; lane < kWidth<B>; ++lane)
                    items[from + k + lane] = select(first + lane < end, whole[lane], otherwise);
            });
        }
    }
}
template <class B, class T, u32 K>
void store_run(const B& buffer, const Items<T, K>& items, u32 from, u32 count, const Val<u32>& at,
               const Val<u32>& end) {
    for (u32 k = 0; k < count; k += kWidth<B>) {
        const Val<u32> first = at + k;
        if constexpr (kWidth<B> == 1) {
            if_(first < end, [&] { buffer[first] = items[from + k]; });
        } else {
            const Val<u32> element = first / kWidth<B>;
            if_(first + (kWidth<B> - 1) < end, [&] {
                buffer[element] = vector_of<ElementOf<B>>(items, from + k, std::make_index_sequence<kWidth<B>>());
            }).else_([&] {
                for (u32 lane = 0; lane + 1 < kWidth<B>; ++lane)
                    if_(first + lane < end, [&] { buffer[element][lane] = items[from + k + lane]; });
            });
        }
    }
}

template <class B, u32 K>
constexpr void check_items() {
    constexpr bool is_whole = K % kWidth<B> == 0;
    static_assert(is_whole, "alkomp: an invocation takes whole vectors: K is a multiple of their lanes.");
}
/// Where the values k, k + 1, ... of one vector lie in striped order.
template <class B, u32 K>
Val<u32> striped_place(u32 k) {
    return block_begin(K) + (local_index() + block_size() * (k / kWidth<B>)) * kWidth<B>;
}

}  // namespace detail

/// K values of each invocation in blocked order, from a buffer of numbers or, faster, of vectors of them. `end` is the count
/// of numbers; from there on the values are `otherwise`. The workgroup takes those that are its part of the call.
template <u32 K, class B>
[[nodiscard]] Items<detail::NumberOf<B>, K> block_load(const B& buffer, detail::Assigned<u32> end,
                                                       detail::Assigned<detail::NumberOf<B>> otherwise) {
    using T = detail::NumberOf<B>;
    detail::check_items<B, K>();
    const detail::PlaceScope scope(end.place);
    Items<T, K> items;
    const Val<u32> at = detail::block_begin(K) + local_index() * K;
    detail::load_run(buffer, items, 0, K, at, Val<u32>(end.node), Val<T>(otherwise.node));
    return items;
}
/// The same in striped order, where neighbours read what lies side by side; of vectors, the order is that of whole ones.
template <u32 K, class B>
[[nodiscard]] Items<detail::NumberOf<B>, K> block_load_striped(const B& buffer, detail::Assigned<u32> end,
                                                               detail::Assigned<detail::NumberOf<B>> otherwise) {
    using T = detail::NumberOf<B>;
    detail::check_items<B, K>();
    const detail::PlaceScope scope(end.place);
    constexpr u32 kWidth = detail::kWidth<B>;
    Items<T, K> items;
    for (u32 k = 0; k < K; k += kWidth)
        detail::load_run(buffer, items, k, kWidth, detail::striped_place<B, K>(k), Val<u32>(end.node),
                         Val<T>(otherwise.node));
    return items;
}
/// Writes what `block_load` reads; nothing from `end` on.
template <class B, class T, u32 K>
void block_store(const B& buffer, const Items<T, K>& items, detail::Assigned<u32> end) {
    detail::check_items<B, K>();
    const detail::PlaceScope scope(end.place);
    const Val<u32> at = detail::block_begin(K) + local_index() * K;
    detail::store_run(buffer, items, 0, K, at, Val<u32>(end.node));
}
/// Writes what `block_load_striped` reads.
template <class B, class T, u32 K>
void block_store_striped(const B& buffer, const Items<T, K>& items, detail::Assigned<u32> end) {
    detail::check_items<B, K>();
    const detail::PlaceScope scope(end.place);
    constexpr u32 kWidth = detail::kWidth<B>;
    for (u32 k = 0; k < K; k += kWidth)
        detail::store_run(buffer, items, k, kWidth, detail::striped_place<B, K>(k), Val<u32>(end.node));
}

}  // namespace alkomp
