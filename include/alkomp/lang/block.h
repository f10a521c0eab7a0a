// SPDX-License-Identifier: MIT OR Apache-2.0
// Building blocks of a workgroup: reduce, scan and broadcast. All invocations have to come to each of them together. They
// share one piece of shared memory for each type of element.
#pragma once

#include "alkomp/lang/atomic.h"
#include "alkomp/lang/items.h"
#include "alkomp/lang/number.h"
#include "alkomp/lang/subgroup.h"

#include <type_traits>

namespace alkomp {

struct BlockOptions {
    /// False: with shared memory alone, for devices without subgroup operations. What is no number, vector or bool, and
    /// workgroups of more than one dimension, do without them anyway.
    bool subgroups = true;
};

namespace detail {

/// Shared memory that each building block uses anew, behind a barrier.
template <class T>
class Scratch {
public:
    /// What holds its values across other building blocks has a slot of its own.
    explicit Scratch(u32 count, u32 slot = 0) : pointer_(scratch(type_info<T>(), count, slot)), count_(count) {
        barrier();
    }
    [[nodiscard]] Ref<T> operator[](Index at) const { return Ref<T>(element(pointer_, at.node, count_, at.place)); }
    [[nodiscard]] Val<T> at(Index at) const {
        return Val<T>(load(element(pointer_, at.node, count_, at.place), at.place));
    }

private:
    Node pointer_;
    u32 count_;
};

constexpr std::string_view op_of(Combine how) {
    constexpr std::string_view kOps[]{"add", "mul", "min", "max", "bit_and", "bit_or", "bit_xor"};
    return kOps[static_cast<u32>(how)];
}

template <class T, class F>
Val<T> combine(const F& f, const Val<T>& a, const Val<T>& b) {
    if constexpr (std::is_same_v<F, Combine>) {
        return Val<T>(apply(op_of(f), {a.node(), b.node()}, kNowhere));
    } else {
        constexpr bool takes_both = std::is_invocable_v<const F&, Val<T>, Val<T>>;
        static_assert(takes_both, "alkomp: what combines is a Combine, or takes two Val<T> and gives one.");
        if constexpr (takes_both) return Val<T>(Assigned<T>(f(a, b)).node);
        else return a;
    }
}

template <class T>
bool uses_subgroups(BlockOptions options) {
    return Numeric<T> && options.subgroups && is_block_flat();
}

/// The values up to this lane combined, in the order of the lanes.
template <class T, class F>
Val<T> scan_lanes(const Val<T>& x, const F& f) {
    if constexpr (std::is_same_v<F, Combine>) {
        return subgroup_inclusive_scan(x, f);
    } else {
        constexpr u32 kLargest = 128, kSmallest = 8;
        Var<T> sum = x;
        const Val<u32> lane = subgroup_lane();
        const auto step = [&](u32 distance) {
            const Val<T> below = subgroup_shuffle_up(sum, distance);
            if_(lane >= distance, [&] { sum = combine<T>(f, below, Val<T>(sum)); });
        };
        for (u32 distance = 1; distance < kLargest; distance *= 2) {
            if (distance < kSmallest) step(distance);
            else if_(subgroup_size() > distance, [&] { step(distance); });
        }
        return Val<T>(sum);
    }
}

/// What a scan knows: the values up to this invocation combined, those before it (of the first: anything), and all.
template <class T>
struct Scanned {
    Val<T> with, before, all;
};

// Each subgroup by its own operations; then every invocation goes through the subgroups' totals.
template <class T, class F>
Scanned<T> scan_subgroups(const Val<T>& x, const F& f) {
    const u32 n = block_size();
    const Val<u32> lane = subgroup_lane(), group = subgroup_id();
    Var<T> with = scan_lanes<T>(x, f);
    const Scratch<T> totals(n);
    if_(lane + 1u == subgroup_size() || local_index() == n - 1, [&] { totals[group] = with; });
    barrier();
    Var<T> all = totals.at(0), below = all;
    for_(range(1u, subgroup_count()), [&](Val<u32> k) {
        if_(k == group, [&] { below = all; });
        all = combine<T>(f, Val<T>(all), totals.at(k));
    });
    if_(group > 0u, [&] { with = combine<T>(f, Val<T>(below), Val<T>(with)); });
    const Val<T> up = subgroup_shuffle_up(with, 1u);
    if_(lane > 0u, [&] { below = up; });
    return {Val<T>(with), Val<T>(below), Val<T>(all)};
}

// Hillis, Steele: "Data parallel algorithms", 1986.
template <class T, class F>
Scanned<T> scan_shared(const Val<T>& x, const F& f) {
    const u32 n = block_size();
    const Val<u32> i = local_index();
    const Scratch<T> tile(n);
    Var<T> with = x, below = x;
    tile[i] = with;
    for (u32 distance = 1; distance < n; distance *= 2) {
        barrier();
        if_(i >= distance, [&] { below = tile[i - distance]; });
        barrier();
        if_(i >= distance, [&] {
            with = combine<T>(f, Val<T>(below), Val<T>(with));
            tile[i] = with;
        });
    }
    barrier();
    return {Val<T>(with), tile.at(max(i, 1u) - 1u), tile.at(n - 1)};
}

template <class T, class F>
Scanned<T> scan(const Val<T>& x, const F& f, BlockOptions options) {
    if constexpr (Numeric<T>) {
        if (uses_subgroups<T>(options)) return scan_subgroups<T>(x, f);
    }
    return scan_shared<T>(x, f);
}

/// Without the order of the invocations, which does not matter here.
template <class T>
Val<T> reduce_subgroups(const Val<T>& x, Combine how) {
    const Val<T> part = subgroup_reduce(x, how);
    const Scratch<T> parts(block_size());
    if_(subgroup_elect(), [&] { parts[subgroup_id()] = part; });
    barrier();
    Var<T> all = parts.at(0);
    for_(range(1u, subgroup_count()), [&](Val<u32> k) { all = combine<T>(how, Val<T>(all), parts.at(k)); });
    return Val<T>(all);
}

}  // namespace detail

/// All values of the workgroup combined, the same for each invocation. `f` is a Combine, or any associative function of two
/// values, `[](auto a, auto b) { ... }`; it gets them in the order of their invocations.
template <detail::DeviceValue X, class F>
[[nodiscard]] auto block_reduce(X&& x, F f, BlockOptions options = {}, detail::Place place = {}) {
    using T = detail::ValueOf<X>;
    const detail::PlaceScope scope(place);
    const Val<T> value(std::forward<X>(x));
    if constexpr (std::is_same_v<F, Combine> && detail::Numeric<T>) {
        if (detail::uses_subgroups<T>(options)) return detail::reduce_subgroups<T>(value, f);
    }
    return detail::scan<T>(value, f, options).all;
}

/// The values up to this invocation combined, in the order of `local_index`. `f` as for `block_reduce`.
template <detail::DeviceValue X, class F>
[[nodiscard]] auto block_inclusive_scan(X&& x, F f, BlockOptions options = {}, detail::Place place = {}) {
    using T = detail::ValueOf<X>;
    const detail::PlaceScope scope(place);
    return detail::scan<T>(Val<T>(std::forward<X>(x)), f, options).with;
}

/// An exclusive scan and the sum of everything.
template <class T>
struct BlockScan {
    Val<T> before;  ///< `first` and the values before this invocation combined
    Val<T> all;     ///< `first` and all values combined
};
/// `first` and the values before this invocation combined; of the first invocation `first` itself.
template <detail::DeviceValue X, class F>
[[nodiscard]] auto block_exclusive_scan(X&& x, F f, detail::Assigned<detail::ValueOf<X>> first,
                                        BlockOptions options = {}) {
    using T = detail::ValueOf<X>;
    const detail::PlaceScope scope(first.place);
    const detail::Scanned<T> scanned = detail::scan<T>(Val<T>(std::forward<X>(x)), f, options);
    const Val<T> begin(first.node);
    Var<T> before = begin;
    if_(local_index() > 0u, [&] { before = detail::combine<T>(f, begin, scanned.before); });
    return BlockScan<T>{Val<T>(before), detail::combine<T>(f, begin, scanned.all)};
}

/// The value of one invocation, by its `local_index`; the same one for all.
template <detail::DeviceValue X>
[[nodiscard]] auto block_broadcast(X&& x, detail::Assigned<u32> from) {
    using T = detail::ValueOf<X>;
    const detail::PlaceScope scope(from.place);
    const Val<T> value(std::forward<X>(x));
    const detail::Scratch<T> one(1);
    if_(local_index() == Val<u32>(from.node), [&] { one[0] = value; });
    barrier();
    return one.at(0);
}

/// Scans K values of each invocation in blocked order, in place.
template <class T, u32 K, class F>
void block_inclusive_scan(Items<T, K>& items, F f, BlockOptions options = {}, detail::Place place = {}) {
    const detail::PlaceScope scope(place);
    for (u32 k = 1; k < K; ++k) items[k] = detail::combine<T>(f, Val<T>(items[k - 1]), Val<T>(items[k]));
    const detail::Scanned<T> scanned = detail::scan<T>(Val<T>(items[K - 1]), f, options);
    if_(local_index() > 0u, [&] {
        for (u32 k = 0; k < K; ++k) items[k] = detail::combine<T>(f, scanned.before, Val<T>(items[k]));
    });
}
/// The same without each value itself; gives everything combined.
template <class T, u32 K, class F>
Val<T> block_exclusive_scan(Items<T, K>& items, F f, detail::Assigned<std::type_identity_t<T>> first,
                            BlockOptions options = {}) {
    const detail::PlaceScope scope(first.place);
    Var<T> sum = items[0];
    for (u32 k = 1; k < K; ++k) sum = detail::combine<T>(f, Val<T>(sum), Val<T>(items[k]));
    const BlockScan<T> scanned = block_exclusive_scan(sum, f, Val<T>(first.node), options);
    Var<T> before = scanned.before;
    for (u32 k = 0; k < K; ++k) {
        const Val<T> item = items[k];
        items[k] = before;
        before = detail::combine<T>(f, Val<T>(before), item);
    }
    return scanned.all;
}

}  // namespace alkomp
