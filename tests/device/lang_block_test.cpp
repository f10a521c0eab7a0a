// SPDX-License-Identifier: MIT OR Apache-2.0
// The building blocks of a workgroup, with and without subgroup operations, for several sizes of workgroups.
#include "support/device_test.h"
#include "support/sanitizer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(LangBlock);

/// Numbers without a pattern, the same each time.
std::vector<u32> noise(u32 count, u32 below, u32 seed = 1) {
    std::vector<u32> numbers(count);
    u32 state = seed * 2654435761u;
    for (u32& number : numbers) {
        state = state * 1664525u + 1013904223u;
        number = (state >> 8) % below;
    }
    return numbers;
}

// Each has kernels of its own, which drivers take long to compile.
const std::vector<u32> kSizes =
    kUnderSanitizer ? std::vector<u32>{1, 33, 64} : std::vector<u32>{1, 2, 3, 31, 32, 33, 64, 100, 256};

/// Calls `body(size, options)` for each size of a workgroup that the device takes, and each way to do it.
template <class F>
void for_each_way(const Device& gpu, const F& body) {
    for (const u32 size : kSizes) {
        if (size > gpu.capabilities().limits.max_workgroup_invocations) continue;
        for (const bool subgroups : {true, false}) {
            SCOPED_TRACE("a workgroup of " + std::to_string(size) + (subgroups ? "" : " without subgroups"));
            body(size, BlockOptions{.subgroups = subgroups});
        }
    }
}

TEST_P(LangBlock, reduce_and_scan_by_any_operation) {
    for_each_way(gpu, [&](u32 n, BlockOptions options) {
        const auto sums = kernel("sums",
                                 [&](In<u32> in, Out<std::array<u32, 6>> out) {
                                     const Val<u32> x = in[global_id()];
                                     const auto larger = [](auto a, auto b) { return max(a, b); };
                                     const auto scan = block_exclusive_scan(x, Combine::add, 7u, options);
                                     out[global_id()] = Val<std::array<u32, 6>>(
                                         block_reduce(x, Combine::add, options), block_reduce(x, larger, options),
                                         block_inclusive_scan(x, Combine::max, options),
                                         block_inclusive_scan(x, larger, options), scan.before, scan.all);
                                 },
                                 {.workgroup_size = n});
        const std::vector<u32> in = noise(2 * n, 1000);
        const auto out = gpu.empty<std::array<u32, 6>>(2 * n);
        gpu.call(sums, groups(2), gpu.to_device(in), out);
        const auto found = gpu.get(out);
        for (u32 group = 0; group < 2; ++group) {
            const auto begin = in.begin() + group * n, end = begin + n;
            const u32 sum = std::accumulate(begin, end, 0u), most = *std::max_element(begin, end);
            u32 before = 7, highest = 0;
            for (u32 i = 0; i < n; ++i) {
                highest = std::max(highest, begin[i]);
                ASSERT_EQ(found[group * n + i], (std::array<u32, 6>{sum, most, highest, highest, before, sum + 7}))
                    << "invocation " << i << " of workgroup " << group;
                before += begin[i];
            }
        }
    });
}

/// x -> a x + b: to do one after the other is associative, and the order matters.
struct Affine {
    u32 a, b;
    using fields = Fields<&Affine::a, &Affine::b>;
};
Affine then(Affine f, Affine g) { return {f.a * g.a, f.b * g.a + g.b}; }

TEST_P(LangBlock, the_order_of_values_is_kept_and_structs_scan_too) {
    for_each_way(gpu, [&](u32 n, BlockOptions options) {
        const auto follow = kernel(
            "follow",
            [&](In<Affine> in, Out<Affine> before, Out<Affine> all, Out<u32x2> vectors) {
                const auto then = [](auto f, auto g) {
                    return Val<Affine>(f[&Affine::a] * g[&Affine::a], f[&Affine::b] * g[&Affine::a] + g[&Affine::b]);
                };
                const Val<u32> i = global_id();
                const auto scan = block_exclusive_scan(in[i], then, Affine{1, 0}, options);
                before[i] = scan.before;
                all[i] = block_reduce(in[i], then, options);
                const auto pairs = [](auto f, auto g) { return Val<u32x2>(f.x() * g.x(), f.y() * g.x() + g.y()); };
                const Val<u32x2> x(in[i][&Affine::a], in[i][&Affine::b]);
                vectors[i] = block_inclusive_scan(x, pairs, options);
            },
            {.workgroup_size = n});
        std::vector<Affine> in;
        for (const u32 number : noise(n, 100)) in.push_back({number | 1, number});
        const auto before = gpu.empty<Affine>(n), all = gpu.empty<Affine>(n);
        const auto vectors = gpu.empty<u32x2>(n);
        gpu.call(follow, groups(1), gpu.to_device(in), before, all, vectors);
        const auto found = gpu.get(before), found_all = gpu.get(all);
        const auto found_vectors = gpu.get(vectors);
        Affine wanted{1, 0};
        const Affine whole = std::accumulate(in.begin(), in.end(), Affine{1, 0}, then);
        for (u32 i = 0; i < n; ++i) {
            ASSERT_EQ(found[i].a, wanted.a) << i;
            ASSERT_EQ(found[i].b, wanted.b) << i;
            wanted = then(wanted, in[i]);
            ASSERT_EQ(found_vectors[i], (u32x2{wanted.a, wanted.b})) << i;
            ASSERT_EQ(found_all[i].a, whole.a) << i;
            ASSERT_EQ(found_all[i].b, whole.b) << i;
        }
    });
}

TEST_P(LangBlock, one_invocation_tells_all_others) {
    constexpr u32 n = 40;
    const auto tell = kernel("tell",
                             [](InOut<u32> data) {
                                 const Val<u32> mine = data[global_id()];
                                 const Val<f32> real(mine);
                                 data[global_id()] = block_broadcast(mine, 33) +
                                                     1000u * block_broadcast(mine, workgroup_id()) +
                                                     Val<u32>(block_broadcast(real, 0));
                             },
                             {.workgroup_size = n});
    const std::vector<u32> in = noise(2 * n, 1000);
    const auto data = gpu.to_device(in);
    gpu.call(tell, groups(2), data);
    const auto found = gpu.get(data);
    for (u32 i = 0; i < 2 * n; ++i) {
        const u32 group = i / n, begin = group * n;
        ASSERT_EQ(found[i], in[begin + 33] + 1000 * in[begin + group] + in[begin]) << i;
    }
}

TEST_P(LangBlock, several_values_of_each_invocation_scan_in_blocked_order) {
    static constexpr u32 K = 3;
    for_each_way(gpu, [&](u32 n, BlockOptions options) {
        const auto scan = kernel("scan",
                                 [&](In<u32> in, Out<u32> inclusive, Out<u32> exclusive, Out<u32> sum) {
                                     const Val<u32> end = in.count();
                                     auto items = block_load<K>(in, end, 0u);
                                     auto again = block_load<K>(in, end, 0u);
                                     block_inclusive_scan(items, Combine::add, options);
                                     block_store(inclusive, items, end);
                                     const Val<u32> all = block_exclusive_scan(again, Combine::add, 5u, options);
                                     block_store(exclusive, again, end);
                                     sum[workgroup_id()] = all;
                                 },
                                 {.workgroup_size = n});
        const u32 count = 2 * n * K - (n > 1 ? 2 : 0);  // the last workgroup is not full
        const std::vector<u32> in = noise(count, 1000);
        const auto inclusive = gpu.zeros<u32>(count), exclusive = gpu.zeros<u32>(count), sum = gpu.zeros<u32>(2);
        gpu.call(scan, groups(2), gpu.to_device(in), inclusive, exclusive, sum);
        const auto found = gpu.get(inclusive), found_before = gpu.get(exclusive), sums = gpu.get(sum);
        u32 running = 0;
        for (u32 i = 0; i < count; ++i) {
            if (i == n * K) {
                ASSERT_EQ(sums[0], running + 5);
                running = 0;
            }
            ASSERT_EQ(found_before[i], running + 5) << i;
            running += in[i];
            ASSERT_EQ(found[i], running) << i;
        }
        ASSERT_EQ(sums[1], running + 5);
    });
}

TEST_P(LangBlock, values_change_between_blocked_and_striped_order) {
    static constexpr u32 K = 4;
    for (const u32 n : {1u, 7u, 32u, 96u}) {
        const auto exchange = kernel("exchange",
                                     [](In<u32> in, Out<u32> striped, Out<u32> blocked) {
                                         auto items = block_load<K>(in, in.count(), 0u);
                                         block_to_striped(items);
                                         block_store_striped(striped, items, in.count());
                                         auto others = block_load_striped<K>(in, in.count(), 0u);
                                         block_to_blocked(others);
                                         block_store(blocked, others, in.count());
                                     },
                                     {.workgroup_size = n});
        const std::vector<u32> in = noise(3 * n * K, 1u << 20);
        const auto striped = gpu.zeros<u32>(in.size()), blocked = gpu.zeros<u32>(in.size());
        gpu.call(exchange, groups(3), gpu.to_device(in), striped, blocked);
        EXPECT_EQ(gpu.get(striped), in) << n;
        EXPECT_EQ(gpu.get(blocked), in) << n;
    }
}

TEST_P(LangBlock, vectors_are_read_and_written_up_to_the_end) {
    static constexpr u32 K = 8, n = 32, kAll = 2 * n * K;
    const auto copy = kernel("copy",
                             [](In<u32x4> in, Out<u32x4> out, Out<u32x4> striped, Val<u32> end) {
                                 block_store(out, block_load<K>(in, end, 77u), end);
                                 block_store_striped(striped, block_load_striped<K>(in, end, 77u), end);
                             },
                             {.workgroup_size = n});
    const auto fill = kernel("fill",
                             [](In<u32x4> in, Out<u32x2> out, Val<u32> end) {
                                 const auto items = block_load<K>(in, end, 77u);
                                 block_store(out, items, out.count() * 2u);
                             },
                             {.workgroup_size = n});
    std::vector<u32x4> in(kAll / 4);
    for (u32 i = 0; i < kAll; ++i) in[i / 4][i % 4] = 1000 + i;
    for (const u32 end : {0u, 1u, 2u, 3u, 4u, 5u, 8u, kAll - 5, kAll - 4, kAll - 3, kAll}) {
        const auto out = gpu.zeros<u32x4>(in.size()), striped = gpu.zeros<u32x4>(in.size());
        const auto filled = gpu.zeros<u32x2>(kAll / 2);
        gpu.call(copy, groups(2), gpu.to_device(in), out, striped, end);
        gpu.call(fill, groups(2), gpu.to_device(in), filled, end);
        const auto found = gpu.get(out), found_striped = gpu.get(striped);
        const auto found_filled = gpu.get(filled);
        for (u32 i = 0; i < kAll; ++i) {
            const u32 value = 1000 + i;
            ASSERT_EQ(found[i / 4][i % 4], i < end ? value : 0) << i << " of " << end;
            ASSERT_EQ(found_striped[i / 4][i % 4], i < end ? value : 0) << i << " of " << end;
            ASSERT_EQ(found_filled[i / 2][i % 2], i < end ? value : 77) << i << " of " << end;
        }
    }
}

TEST_P(LangBlock, digits_rank_in_order_and_equal_ones_keep_theirs) {
    static constexpr u32 K = 3;
    for_each_way(gpu, [&](u32 n, BlockOptions options) {
        for (const u32 bits : {1u, 3u, 4u}) {
            const auto rank = kernel("rank",
                                     [&](In<u32> in, Out<u32> out) {
                                         const auto digits = block_load<K>(in, in.count(), 0u);
                                         block_store(out, block_radix_rank(digits, bits, options), in.count());
                                     },
                                     {.workgroup_size = n});
            const std::vector<u32> in = noise(n * K, 1u << bits, bits);
            const auto out = gpu.empty<u32>(n * K);
            gpu.call(rank, groups(1), gpu.to_device(in), out);
            std::vector<u32> order(n * K);
            std::iota(order.begin(), order.end(), 0u);
            std::stable_sort(order.begin(), order.end(), [&](u32 a, u32 b) { return in[a] < in[b]; });
            std::vector<u32> wanted(n * K);
            for (u32 place = 0; place < n * K; ++place) wanted[order[place]] = place;
            ASSERT_EQ(gpu.get(out), wanted) << bits << " bits";
        }
    });
}

template <class T>
void expect_sorted(Device& gpu, const std::vector<T>& in, u32 n, BlockOptions options) {
    static constexpr u32 K = 2;
    const auto sort = kernel("sort",
                             [&](In<T> in, Out<T> out, Out<u32> places) {
                                 auto keys = block_load<K>(in, in.count(), T{});
                                 Items<u32, K> values;
                                 for (u32 k = 0; k < K; ++k) values[k] = local_index() * K + k;
                                 block_sort(keys, values, options);
                                 block_store(out, keys, in.count());
                                 block_store(places, values, in.count());
                             },
                             {.workgroup_size = n});
    const auto out = gpu.empty<T>(in.size());
    const auto places = gpu.empty<u32>(in.size());
    gpu.call(sort, groups(1), gpu.to_device(in), out, places);
    std::vector<u32> order(in.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](u32 a, u32 b) { return in[a] < in[b]; });
    std::vector<T> sorted;
    for (const u32 at : order) sorted.push_back(in[at]);
    EXPECT_EQ(gpu.get(out), sorted);
    EXPECT_EQ(gpu.get(places), order);
}

TEST_P(LangBlock, numbers_sort_and_take_their_values_along) {
    const Features& has = gpu.capabilities().features;
    const auto sort_all = [&](u32 n, BlockOptions options) {
        SCOPED_TRACE("a workgroup of " + std::to_string(n));
        std::vector<u32> words = noise(2 * n, 1u << 24);
        for (u32& word : words) word *= 257;
        expect_sorted(gpu, words, n, options);
        expect_sorted(gpu, std::vector<i32>(words.begin(), words.end()), n, options);
        std::vector<f32> reals;
        for (const u32 word : words) reals.push_back(static_cast<f32>(static_cast<i32>(word)) / 7);
        expect_sorted(gpu, reals, n, options);
        if (n != 33) return;
        if (has.i8) expect_sorted(gpu, std::vector<u8>(words.begin(), words.end()), n, options);
        if (has.i16) expect_sorted(gpu, std::vector<i16>(words.begin(), words.end()), n, options);
        std::vector<i64> wide;
        for (const u32 word : words) wide.push_back((static_cast<i64>(word) - (1 << 30)) * 1000003);
        if (has.i64) expect_sorted(gpu, wide, n, options);
        std::vector<f64> doubles(wide.begin(), wide.end());
        if (has.f64 && has.i64) expect_sorted(gpu, doubles, n, options);
    };
    sort_all(1, {});
    sort_all(33, {});
    sort_all(33, {.subgroups = false});
    sort_all(128, {});
}

TEST_P(LangBlock, anything_sorts_by_a_comparison_and_equal_values_keep_their_order) {
    static constexpr u32 K = 2;
    for (const u32 n : kSizes) {
        if (n > gpu.capabilities().limits.max_workgroup_invocations) continue;
        SCOPED_TRACE("a workgroup of " + std::to_string(n));
        const auto sort = kernel("sort",
                                 [](In<Affine> in, Out<Affine> out) {
                                     Items<Affine, K> items;
                                     const Val<u32> first = local_index() * K;
                                     for (u32 k = 0; k < K; ++k) items[k] = in[first + k];
                                     block_sort(items, [](auto x, auto y) { return x[&Affine::a] > y[&Affine::a]; });
                                     for (u32 k = 0; k < K; ++k) out[first + k] = items[k];
                                 },
                                 {.workgroup_size = n});
        std::vector<Affine> in;
        for (const u32 number : noise(n * K, n)) in.push_back({number, static_cast<u32>(in.size())});
        const auto out = gpu.empty<Affine>(in.size());
        gpu.call(sort, groups(1), gpu.to_device(in), out);
        std::stable_sort(in.begin(), in.end(), [](const Affine& x, const Affine& y) { return x.a > y.a; });
        const auto found = gpu.get(out);
        for (u32 i = 0; i < in.size(); ++i) {
            ASSERT_EQ(found[i].a, in[i].a) << i;
            ASSERT_EQ(found[i].b, in[i].b) << i;
        }
    }
}

TEST_P(LangBlock, blocks_follow_each_other_in_a_loop) {
    const auto rounds = kernel("rounds",
                               [](InOut<u32> data) {
                                   Var<u32> x = data[global_id()];
                                   for_(range(3u), [&](Val<u32> round) {
                                       x += block_inclusive_scan(x, Combine::add) + round;
                                       x = block_broadcast(x, 5) - x;
                                   });
                                   data[global_id()] = x;
                               },
                               {.workgroup_size = 48});
    std::vector<u32> in = noise(48, 100);
    const auto data = gpu.to_device(in);
    gpu.call(rounds, groups(1), data);
    for (u32 round = 0; round < 3; ++round) {
        std::vector<u32> sums(48);
        std::partial_sum(in.begin(), in.end(), sums.begin());
        for (u32 i = 0; i < 48; ++i) in[i] += sums[i] + round;
        const u32 fifth = in[5];
        for (u32& x : in) x = fifth - x;
    }
    EXPECT_EQ(gpu.get(data), in);
}

TEST_P(LangBlock, a_workgroup_of_two_dimensions_counts_along_x_first) {
    const auto plane = kernel(
        "plane",
        [](In<u32> in, Out<u32> out) { out[local_index()] = block_inclusive_scan(in[local_index()], Combine::add); },
        {.workgroup_size = {8, 6}});
    const std::vector<u32> in = noise(48, 100);
    const auto out = gpu.empty<u32>(48);
    gpu.call(plane, groups(1), gpu.to_device(in), out);
    std::vector<u32> sums(48);
    std::partial_sum(in.begin(), in.end(), sums.begin());
    EXPECT_EQ(gpu.get(out), sums);
}

}  // namespace
}  // namespace alkomp::testing
