// SPDX-License-Identifier: MIT OR Apache-2.0
// What invocations of C++ kernels do together: shared memory, barriers,
// atomics, subgroups; and functions.
#include "support/device_test.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace alkomp::testing {
namespace {

using ::testing::HasSubstr;

ALKOMP_MODULE_SUITE(LangShared);

TEST_P(LangShared, invocations_of_a_workgroup_exchange_values_in_shared_memory) {
    const auto reverse = kernel("reverse",
                                [](InOut<u32> data, Shared<u32, 64> tile) {
                                    tile[local_id()] = data[global_id()];
                                    barrier();
                                    data[global_id()] = tile[63u - local_id()];
                                },
                                {.workgroup_size = 64});
    std::vector<u32> numbers(192);
    std::iota(numbers.begin(), numbers.end(), 0u);
    const auto data = gpu.to_device(numbers);
    gpu.call(reverse, groups(3), data);
    std::vector<u32> wanted(192);
    for (u32 i = 0; i < 192; ++i) wanted[i] = i / 64 * 64 + 63 - i % 64;
    EXPECT_EQ(gpu.get(data), wanted);
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { gpu.call(reverse, data); }),
                HasSubstr("call: groups(x, y, z) is wanted: the kernel has barriers or "
                          "subgroup operations"));
}

TEST_P(LangShared, shared_memory_has_several_dimensions_and_may_be_local_to_the_function) {
    const auto transpose = kernel("transpose",
                                  [](In<f32> from, Out<f32> to, Val<u32> size) {
                                      const Shared<f32, 8, 9> tile;
                                      const auto x = local_id(0), y = local_id(1);
                                      tile[y][x] = from[global_id(1) * size + global_id(0)];
                                      barrier();
                                      to[(workgroup_id(0) * 8u + y) * size + workgroup_id(1) * 8u + x] = tile[x][y];
                                  },
                                  {.workgroup_size = {8, 8}});
    std::vector<f32> numbers(16 * 16);
    std::iota(numbers.begin(), numbers.end(), 0.0f);
    const auto from = gpu.to_device(numbers);
    const auto to = gpu.zeros<f32>(numbers.size());
    gpu.call(transpose, groups(2, 2), from, to, 16u);
    const std::vector<f32> result = gpu.get(to);
    for (std::size_t y = 0; y < 16; ++y)
        for (std::size_t x = 0; x < 16; ++x) EXPECT_EQ(result[y * 16 + x], numbers[x * 16 + y]);
}

TEST_P(LangShared, builtins_say_where_an_invocation_is) {
    const auto where = kernel(
        "where",
        [](Out<u32x3> out) {
            const Val<u32x3> count = workgroup_count_xyz() * workgroup_size_xyz();
            const Val<u32> at = (global_id(2) * count.y() + global_id(1)) * count.x() + global_id(0);
            out[at] = workgroup_id_xyz() * 100u + local_id_xyz() * 10u;
            if_(local_index() != local_id(0) + 4u * (local_id(1) + 2u * local_id(2)), [&] { out[at] = u32x3{}; });
            if_(any(global_id_xyz() != workgroup_id_xyz() * workgroup_size_xyz() + local_id_xyz()),
                [&] { out[at] = u32x3{}; });
        },
        {.workgroup_size = {4, 2, 2}});
    const auto out = gpu.zeros<u32x3>(12 * 4 * 4);
    gpu.call(where, groups(3, 2, 2), out);
    const std::vector<u32x3> result = gpu.get(out);
    for (u32 z = 0; z < 4; ++z)
        for (u32 y = 0; y < 4; ++y)
            for (u32 x = 0; x < 12; ++x)
                EXPECT_EQ(result[(z * 4 + y) * 12 + x],
                          (u32x3{x / 4 * 100 + x % 4 * 10, y / 2 * 100 + y % 2 * 10, z / 2 * 100 + z % 2 * 10}));
}

TEST_P(LangShared, atomics_of_buffers_give_what_was_there) {
    const auto count = kernel("count", [](InOut<u32> counters, Out<u32> order) {
        const auto i = global_id();
        order[i] = atomic_add(counters[0], 1u);
        atomic_max(counters[1], i);
        atomic_min(counters[2], i + 5u);
        atomic_or(counters[3], 1u << (i % 32u));
        atomic_and(counters[4], ~(1u << (i % 32u)));
        atomic_xor(counters[5], i);
        atomic_sub(counters[6], 2u);
        if_(i == 7u, [&] { atomic_exchange(counters[7], 70u); });
        if_(i == 8u, [&] {
            const Val<u32> before = atomic_compare_exchange(counters[8], 1u, 80u);
            atomic_compare_exchange(counters[8], 3u, before);
            atomic_store(counters[9], atomic_load(counters[8]) + 1u);
        });
    });
    const u32 all = 300;
    const auto counters = gpu.to_device<u32>({0, 0, 1000, 0, ~0u, 0, 1000, 0, 1, 0});
    const auto order = gpu.zeros<u32>(all);
    gpu.call(count, groups(2), counters, order);
    const std::vector<u32> result = gpu.get(counters);
    u32 exclusive = 0;
    for (u32 i = 0; i < 512; ++i) exclusive ^= i;
    EXPECT_EQ(result, (std::vector<u32>{512, 511, 5, ~0u, 0, exclusive, 1000 - 1024u, 70, 80, 81}));
    std::vector<u32> places = gpu.get(order);
    std::sort(places.begin(), places.end());
    EXPECT_EQ(std::unique(places.begin(), places.end()), places.end());
}

TEST_P(LangShared, atomics_of_shared_memory_count_within_a_workgroup) {
    const auto histogram =
        kernel("histogram",
               [](In<u32> data, InOut<u32> bins, Shared<u32, 16> counts) {
                   if_(local_index() < 16u, [&] { counts[local_index()] = 0u; });
                   barrier();
                   atomic_add(counts[data[global_id()] % 16u], 1u);
                   barrier();
                   if_(local_index() < 16u, [&] { atomic_add(bins[local_index()], Val<u32>(counts[local_index()])); });
               },
               {.workgroup_size = 64});
    std::vector<u32> numbers(64 * 5), wanted(16);
    for (u32 i = 0; i < numbers.size(); ++i) {
        numbers[i] = i * i;
        ++wanted[numbers[i] % 16];
    }
    const auto data = gpu.to_device(numbers);
    const auto bins = gpu.zeros<u32>(16);
    gpu.call(histogram, groups(5), data, bins);
    EXPECT_EQ(gpu.get(bins), wanted);
}

TEST_P(LangShared, subgroups_combine_and_exchange_values) {
    const Features& has = gpu.capabilities().features;
    if (!has.subgroup.arithmetic || !has.subgroup.ballot || !has.subgroup.shuffle)
        GTEST_SKIP() << "the device lacks some subgroup operations";
    constexpr u32 kSize = 64;
    const auto combine =
        kernel("combine",
               [](InOut<u32> out) {
                   const auto lane = subgroup_lane();
                   const auto put = [&](u32 row, const Val<u32>& value) { out[row * kSize + local_index()] = value; };
                   put(0, subgroup_size());
                   put(1, subgroup_reduce(lane + 1u, Combine::add));
                   put(2, subgroup_inclusive_scan(lane + 1u, Combine::add));
                   put(3, subgroup_exclusive_scan(lane + 1u, Combine::max));
                   put(4, subgroup_shuffle_xor(lane, 1u));
                   put(5, subgroup_broadcast(lane + 40u, 1u));
                   put(6, ballot_count(subgroup_ballot(lane % 2u == 0u)));
                   put(7, Val<u32>(subgroup_all(lane < 1000u)) + 10u * Val<u32>(subgroup_any(lane == 1u)));
                   put(8, subgroup_shuffle(lane * 3u, subgroup_size() - 1u - lane));
                   put(9, subgroup_broadcast_first(lane) + Val<u32>(subgroup_elect()));
               },
               {.workgroup_size = kSize});
    const auto out = gpu.zeros<u32>(10 * kSize);
    gpu.call(combine, groups(1), out);
    const std::vector<u32> result = gpu.get(out);
    const u32 size = result[0];
    ASSERT_GE(size, 1u);
    for (u32 i = 0; i < kSize; ++i) {
        const auto got = [&](u32 row) { return result[row * kSize + i]; };
        const u32 lane = i % size;
        EXPECT_EQ(got(1), size * (size + 1) / 2);
        EXPECT_EQ(got(2), (lane + 1) * (lane + 2) / 2);
        EXPECT_EQ(got(3), lane);
        EXPECT_EQ(got(4), size == 1 ? got(4) : (lane ^ 1));
        EXPECT_EQ(got(5), size == 1 ? got(5) : 41u);
        EXPECT_EQ(got(6), (size + 1) / 2);
        EXPECT_EQ(got(7), size == 1 ? 1u : 11u);
        EXPECT_EQ(got(8), (size - 1 - lane) * 3);
        EXPECT_EQ(got(9), lane == 0 ? 1u : 0u);
    }
}

TEST_P(LangShared, functions_are_recorded_once_and_called) {
    const auto square = function([](Val<f32> x) { return x * x; }, "square");
    const auto larger = function([](auto a, auto b) { return max(a, b); });
    const auto classify = function([](Val<f32> x) -> Val<f32> {
        if_(x < 2.0f, [] { return_(Val<f32>(-1.0f)); });
        Var<f32> halves = 0.0f;
        for_(range(10u),
             [&](Val<u32> i) { if_(Val<f32>(i) > x, [&] { return_(halves); }).else_([&] { halves += 0.5f; }); });
        return halves;
    });
    const auto use = kernel("use", [&](InOut<f32> data, InOut<u32> counts) {
        const auto i = global_id();
        data[i] = square(square(data[i])) + larger(data[i], 10.0f) + classify(data[i]);
        counts[i] = larger(counts[i], 3u);
    });
    const std::string ir = use.ir();
    EXPECT_THAT(ir, HasSubstr("function @square("));
    EXPECT_EQ(ir.find("function @square("), ir.rfind("function @square("));
    const auto data = gpu.to_device<f32>({1, 2, 3});
    const auto counts = gpu.to_device<u32>({1, 5, 2});
    gpu.call(use, data, counts);
    EXPECT_EQ(gpu.get(data), (std::vector<f32>{1 + 10 - 1, 16 + 10 + 1.5f, 81 + 10 + 2}));
    EXPECT_EQ(gpu.get(counts), (std::vector<u32>{3, 5, 3}));
}

TEST_P(LangShared, functions_without_a_result_write_to_what_they_capture) {
    const auto both = kernel("both", [](InOut<u32> data) {
        const auto add = function([&](Val<u32> at, Var<u32> amount) {
            if_(amount == 0u, [] { return_(); });
            amount *= 2u;
            data[at] += amount;
        });
        add(global_id(), 5u);
        add(global_id(), global_id());
    });
    const auto data = gpu.to_device<u32>({100, 200, 300});
    gpu.call(both, data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{110, 212, 314}));
}

}  // namespace
}  // namespace alkomp::testing
