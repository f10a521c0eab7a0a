// SPDX-License-Identifier: MIT OR Apache-2.0
// Building blocks of a workgroup that move values among its invocations: exchange, radix rank and sort.
#pragma once

#include "alkomp/lang/bit.h"
#include "alkomp/lang/block.h"

namespace alkomp {
namespace detail {

/// Each value goes to its place among all values of the workgroup, then each invocation takes those of blocked order.
template <class T, u32 K>
void scatter(Items<T, K>& items, const Items<u32, K>& places) {
    const Scratch<T> tile(block_size() * K);
    for (u32 k = 0; k < K; ++k) tile[places[k]] = items[k];
    barrier();
    for (u32 k = 0; k < K; ++k) items[k] = tile[local_index() * K + k];
}

/// Unsigned numbers in the same order; of floats -0 before 0, and NaN at the ends.
template <class T>
auto ordered(const Val<T>& x) {
    constexpr u32 kBits = 8 * sizeof(T);
    using U = std::conditional_t<kBits == 64, u64, u32>;
    if constexpr (is_unsigned_integer(kScalar<T>)) {
        return Val<U>(x);
    } else if constexpr (is_signed_integer(kScalar<T>)) {
        using Same = std::conditional_t<kBits == 64, i64, i32>;
        return bit_cast<U>(Val<Same>(x)) ^ (U{1} << (8 * sizeof(U) - 1));
    } else {
        using F = std::conditional_t<kBits == 64, f64, f32>;
        constexpr u32 kTop = 8 * sizeof(F) - 1;
        const Val<U> bits = bit_cast<U>(Val<F>(x));
        return bits ^ select(bits >> kTop == U{0}, U{1} << kTop, ~U{0});
    }
}
/// The bits of `ordered` that differ: narrow integers have fewer.
template <class T>
constexpr u32 kOrderedBits = is_unsigned_integer(kScalar<T>) ? 8 * sizeof(T)
                             : sizeof(T) == 8                ? 64
                                                             : 32;

}  // namespace detail

/// From blocked to striped order, and back.
template <class T, u32 K>
void block_to_striped(Items<T, K>& items, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    const u32 n = detail::block_size();
    const Val<u32> i = local_index();
    const detail::Scratch<T> tile(n * K);
    for (u32 k = 0; k < K; ++k) tile[i * K + k] = items[k];
    barrier();
    for (u32 k = 0; k < K; ++k) items[k] = tile[i + n * k];
}
template <class T, u32 K>
void block_to_blocked(Items<T, K>& items, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    const u32 n = detail::block_size();
    const Val<u32> i = local_index();
    const detail::Scratch<T> tile(n * K);
    for (u32 k = 0; k < K; ++k) tile[i + n * k] = items[k];
    barrier();
    for (u32 k = 0; k < K; ++k) items[k] = tile[i * K + k];
}

/// For each digit, below 2^bits, its place in the order of digits, equal ones in blocked order. `bits` is 1 to 8, and the
/// workgroup has fewer than 65536 digits; takes 2^bits * 2 bytes of shared memory for each invocation.
/// Source: Satish, Harris, Garland, "Designing efficient sorting algorithms for manycore GPUs", 2009; counters in halves
/// of words as in CUB.
template <u32 K>
[[nodiscard]] Items<u32, K> block_radix_rank(const Items<u32, K>& digits, u32 bits, BlockOptions options = {},
                                             detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    const u32 n = detail::block_size();
    detail::check_radix(bits, n * K, place);
    const u32 rows = 1u << (bits - 1);
    const Val<u32> i = local_index();
    const detail::Scratch<u32> counts(rows * n, 1);
    for_(range(rows), [&](Val<u32> row) { counts[row * n + i] = 0u; });
    Items<u32, K> ranks, columns, shifts;
    for (u32 k = 0; k < K; ++k) {
        columns[k] = (digits[k] & (rows - 1)) * n + i;
        shifts[k] = (digits[k] >> (bits - 1)) * 16u;
        const Val<u32> count = counts.at(columns[k]);
        ranks[k] = (count >> shifts[k]) & 0xffffu;
        counts[columns[k]] = count + (Val<u32>(1u) << shifts[k]);
    }
    // The counters in the order of digits: first the lower halves, then the upper ones. The total of the lower halves has
    // no carry into the upper ones.
    barrier();
    Var<u32> sum = 0u;
    for_(range(rows), [&](Val<u32> row) { sum += counts.at(i * rows + row); });
    const detail::Scanned<u32> scanned = detail::scan<u32>(Val<u32>(sum), Combine::add, options);
    Var<u32> before = select(i == 0u, 0u, scanned.before) + (scanned.all << 16u);
    for_(range(rows), [&](Val<u32> row) {
        const Val<u32> count = counts.at(i * rows + row);
        counts[i * rows + row] = before;
        before += count;
    });
    barrier();
    for (u32 k = 0; k < K; ++k) ranks[k] += (counts.at(columns[k]) >> shifts[k]) & 0xffffu;
    return ranks;
}

namespace detail {

constexpr u32 kSortBits = 4;

template <class T, u32 K, class... V>
void radix_sort(Items<T, K>& keys, BlockOptions options, Items<V, K>&... values) {
    constexpr bool is_number = Number<T> && kScalar<T> != Scalar::boolean;
    static_assert(is_number, "alkomp: only numbers have an order: give block_sort what compares two of them.");
    for_(range(0u, kOrderedBits<T>, kSortBits), [&](Val<u32> shift) {
        Items<u32, K> digits;
        for (u32 k = 0; k < K; ++k)
            digits[k] = Val<u32>(ordered<T>(Val<T>(keys[k])) >> shift) & ((1u << kSortBits) - 1);
        const Items<u32, K> places = block_radix_rank<K>(digits, kSortBits, options);
        scatter(keys, places);
        (scatter(values, places), ...);
    });
}

}  // namespace detail

/// Sorts the values of the workgroup, ascending, in blocked order; equal ones keep their order. Of floats, -0 is before 0,
/// NaNs are at the ends.
template <class T, u32 K>
void block_sort(Items<T, K>& keys, BlockOptions options = {}, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    detail::radix_sort(keys, options);
}
/// The same, and moves each value with its key.
template <class T, class V, u32 K>
void block_sort(Items<T, K>& keys, Items<V, K>& values, BlockOptions options = {}, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    detail::radix_sort(keys, options, values);
}
/// Sorts values of any type by `less`, a function of two values; equal ones keep their order. Runs are merged, each twice as
/// long as before: a value's place is its place in its run and how many values of the other run go before it.
template <class T, u32 K, class Less>
    requires std::is_invocable_v<const Less&, Val<T>, Val<T>>
void block_sort(Items<T, K>& items, const Less& less, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    const u32 count = detail::block_size() * K;
    const Val<u32> i = local_index();
    const detail::Scratch<T> tile(count);
    for (u32 k = 0; k < K; ++k) tile[i * K + k] = items[k];
    Items<u32, K> places;
    const auto find_place = [&](u32 k, const Val<u32>& width) {
        const Val<u32> at = i * K + k, begin = at / width * width;
        const Val<bool> is_left = at / width % 2u == 0u;
        const Val<u32> other = min(select(is_left, begin + width, begin - width), count);
        Var<u32> low = other, high = min(other + width, count);
        items[k] = tile[at];
        while_(
            [&] { return low < high; },
            [&] {
                const Val<u32> middle = low + (high - low) / 2u;
                const Val<T> theirs = tile.at(middle), mine = items[k];
                // Of equal values those of the left run go first.
                Var<bool> is_before;
                if_(is_left, [&] { is_before = less(theirs, mine); }).else_([&] { is_before = !less(mine, theirs); });
                if_(is_before, [&] { low = middle + 1u; }).else_([&] { high = middle; });
            });
        places[k] = select(is_left, begin, begin - width) + (at - begin) + (low - other);
    };
    Var<u32> width = 1u;
    while_([&] { return width < count; },
           [&] {
               barrier();
               for (u32 k = 0; k < K; ++k) find_place(k, Val<u32>(width));
               barrier();
               for (u32 k = 0; k < K; ++k) tile[places[k]] = items[k];
               width *= 2u;
           });
    barrier();
    for (u32 k = 0; k < K; ++k) items[k] = tile[i * K + k];
}

}  // namespace alkomp
