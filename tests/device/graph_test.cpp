// SPDX-License-Identifier: MIT OR Apache-2.0
// Graphs: replays equal direct calls, slots change buffers and scalars, and what is refused.
#include "support/device_test.h"
#include "support/kernels.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Graphs);
ALKOMP_MEMORY_SUITE(GraphsInMemory);

std::vector<u32> blended(const std::vector<u32>& a, const std::vector<u32>& b, u32 term) {
    std::vector<u32> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i] * 3 + b[i] + term;
    return out;
}

TEST_P(Graphs, replay_what_direct_calls_do) {
    Kernel kernel = compile(gpu, blend());
    const auto a = gpu.to_device(ramp(200)), b = gpu.to_device(ramp(200, 5));
    const auto direct = gpu.empty<u32>(200), replayed = gpu.empty<u32>(200), copied = gpu.empty<u32>(200);
    gpu.call(kernel, a, b, direct, 9u);
    gpu.call(kernel, direct, a, direct, 1u);

    Graph graph = gpu.create_graph();
    graph.call(kernel, a, b, replayed, 9u);
    graph.call(kernel, replayed, a, replayed, 1u);
    graph.copy_bytes(replayed, copied);
    graph.fill(replayed.view(0, 64), 0u);
    EXPECT_EQ(graph.size(), 4u);
    EXPECT_TRUE(graph.device() == gpu);
    graph.replay();
    EXPECT_EQ(gpu.get(copied), gpu.get(direct));
    EXPECT_THAT(gpu.get(replayed.view(0, 64)), Each(0u));
    EXPECT_EQ(gpu.get(direct), blended(blended(ramp(200), ramp(200, 5), 9), ramp(200), 1));
}

TEST_P(Graphs, fill_and_copy_parts_at_any_byte) {
    std::vector<u8> expected(301), others(301);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] = static_cast<u8>(i);
        others[i] = static_cast<u8>(200 - i);
    }
    const auto data = gpu.to_device(expected), source = gpu.to_device(others);
    const std::array<u8, 3> three{7, 8, 9};
    Graph graph = gpu.create_graph();
    graph.copy_bytes(source.view(5, 130), data.view(2, 130));
    graph.fill(data.view(1, 3), u8{99});
    graph.fill_bytes(data.view(131, 33), std::as_bytes(std::span(three)));
    graph.copy_bytes(data.view(0, 50), data.view(251, 50));
    std::copy_n(others.begin() + 5, 130, expected.begin() + 2);
    std::fill_n(expected.begin() + 1, 3, u8{99});
    for (std::size_t i = 0; i < 33; ++i) expected[131 + i] = three[i % 3];
    std::copy_n(expected.begin(), 50, expected.begin() + 251);
    for (int round = 0; round < 3; ++round) {
        gpu.fill(data.view(140, 2), u8{0});
        graph.replay();
        ASSERT_EQ(gpu.get(data), expected);
    }
}

TEST_P(Graphs, replay_many_times_in_order_also_while_in_flight) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    for (int i = 0; i < 5; ++i) graph.call(kernel, data);
    for (int i = 0; i < 200; ++i) graph.replay();
    EXPECT_THAT(gpu.get(data), Each(1000u));
}

TEST_P(Graphs, are_ordered_with_direct_work_around_them) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.empty<u32>(64), b = gpu.empty<u32>(64), seen = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, a, a, b);
    for (u32 i = 1; i < 30; ++i) {
        gpu.fill(a, i);
        graph.replay();
        gpu.call(kernel, seen, b, seen);
        gpu.fill(b, 0u);
    }
    EXPECT_THAT(gpu.get(seen), Each(2u * (29u * 30u / 2u)));
}

TEST_P(Graphs, replay_on_several_streams_in_the_order_of_their_buffers) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, data);
    std::array<Stream, 3> streams{gpu.create_stream(), gpu.create_stream(), gpu.create_stream()};
    for (std::size_t i = 0; i < 60; ++i) streams[i % 3].replay(graph);
    EXPECT_THAT(gpu.get(data), Each(60u));
}

TEST_P(Graphs, take_new_scalars_and_buffers_in_their_slots) {
    Kernel kernel = compile(gpu, blend());
    const auto a = gpu.to_device(ramp(100)), b = gpu.to_device(ramp(100, 2)), other = gpu.to_device(ramp(100, 7));
    const auto result = gpu.empty<u32>(100), second = gpu.empty<u32>(100);
    Graph graph = gpu.create_graph();
    // The first is encoded for itself, from the second on the list is kept.
    const auto replays = [&] {
        for (int i = 0; i < 3; ++i) graph.replay();
    };
    graph.call(kernel, slot("in", a), b, slot("out", result), slot("term", 4u, "term"));
    replays();
    EXPECT_EQ(gpu.get(result), blended(ramp(100), ramp(100, 2), 4));
    graph.set("term", 5u);
    replays();
    EXPECT_EQ(gpu.get(result), blended(ramp(100), ramp(100, 2), 5));
    graph.set("in", other);
    graph.set("out", second);
    graph.set("term", 6);
    replays();
    EXPECT_EQ(gpu.get(second), blended(ramp(100, 7), ramp(100, 2), 6));
    EXPECT_EQ(gpu.get(result), blended(ramp(100), ramp(100, 2), 5));
}

TEST_P(Graphs, take_new_scalars_where_the_device_folds_workgroups) {
    if (gpu.capabilities().limits.max_groups[0] < 70000) GTEST_SKIP() << "the device takes fewer workgroups";
    static const TestKernel kernel{"set",
                                   R"(#version 450
layout(local_size_x = 1) in;
layout(binding = 0) writeonly buffer Out { uint result[]; };
layout(push_constant) uniform Scalars { uint first; };
void main() { result[gl_WorkGroupID.x] = first + gl_WorkGroupID.x; })",
                                   {}};
    const auto result = gpu.zeros<u32>(70000);
    Graph graph = gpu.create_graph();
    graph.call(compile(gpu, kernel), groups(70000), result, slot("first", 1u, "first"));
    for (const u32 first : {1u, 5u, 6u}) {
        graph.set("first", first);
        for (int i = 0; i < 3; ++i) graph.replay();
        std::vector<u32> expected(70000);
        std::iota(expected.begin(), expected.end(), first);
        EXPECT_EQ(gpu.get(result), expected);
    }
}

TEST_P(Graphs, in_flight_keep_the_slot_values_they_were_replayed_with) {
    Kernel kernel = compile(gpu, blend());
    const auto zero = gpu.zeros<u32>(64);
    std::vector<Buffer<u32>> results;
    Graph graph = gpu.create_graph();
    results.push_back(gpu.empty<u32>(64));
    graph.call(kernel, zero, zero, slot("out", results[0]), slot("term", 0u));
    for (u32 i = 0; i < 40; ++i) {
        if (i > 0) results.push_back(gpu.empty<u32>(64));
        graph.set("out", results.back());
        graph.set("term", i);
        for (u32 n = 0; n <= i % 3; ++n) graph.replay();
    }
    for (u32 i = 0; i < 40; ++i) EXPECT_THAT(gpu.get(results[i]), Each(i));
}

TEST_P(Graphs, use_one_slot_in_several_calls) {
    Kernel kernel = compile(gpu, increment());
    const auto first = gpu.zeros<u32>(64), second = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, slot("data", first));
    graph.call(kernel, slot("data", first));
    graph.replay();
    graph.set("data", second);
    graph.replay();
    graph.replay();
    EXPECT_THAT(gpu.get(first), Each(2u));
    EXPECT_THAT(gpu.get(second), Each(4u));
}

TEST_P(Graphs, refuse_slots_that_are_unknown_and_values_that_do_not_fit) {
    Kernel kernel = compile(gpu, blend());
    const auto a = gpu.to_device(ramp(64)), result = gpu.empty<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, slot("in", a), a, result, slot("term", 4u));
    const auto refused = [&](auto&& body) { return error_text(ErrorCode::invalid_argument, body); };
    EXPECT_THAT(refused([&] { graph.set("inn", a); }), AllOf(HasSubstr("\"inn\""), HasSubstr("\"in\"")));
    EXPECT_THAT(refused([&] { graph.set("in", gpu.to_device<float>({1})); }), HasSubstr("f32"));
    EXPECT_THAT(refused([&] { graph.set("in", 3u); }), HasSubstr("\"in\""));
    EXPECT_THAT(refused([&] { graph.set("term", a); }), HasSubstr("\"term\""));
    EXPECT_THAT(refused([&] { graph.set("term", -1); }), HasSubstr("u32"));
    Device other = open();
    EXPECT_THAT(refused([&] { graph.set("in", other.to_device(ramp(64))); }), HasSubstr("belongs to device"));
    graph.replay();
    EXPECT_EQ(gpu.get(result), blended(ramp(64), ramp(64), 4));
}

TEST_P(Graphs, refuse_the_same_calls_that_a_stream_refuses) {
    Kernel kernel = compile(gpu, add());
    const auto a = gpu.to_device(ramp(64));
    Graph graph = gpu.create_graph();
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { graph.call(kernel, a, a); }),
                HasSubstr("3 buffers and 0 scalars are wanted"));
    EXPECT_EQ(graph.size(), 0u);
    graph.replay();
    gpu.wait();
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { Graph().replay(); }), HasSubstr("graph"));
    Device other = open();
    graph.call(kernel, a, a, gpu.empty<u32>(64));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument, [&] { other.stream().replay(graph); }), HasSubstr("device"));
}

TEST_P(Graphs, outlive_the_handles_of_their_buffers_and_kernels) {
    const auto seen = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    {
        Kernel kernel = compile(gpu, increment());
        const auto data = gpu.zeros<u32>(64);
        graph.call(kernel, data);
        graph.copy_bytes(data, seen);
    }
    static_cast<void>(gpu.trim());
    for (int i = 0; i < 10; ++i) {
        const auto churn = gpu.zeros<u32>(64);
        graph.replay();
    }
    EXPECT_THAT(gpu.get(seen), Each(10u));
}

TEST_P(Graphs, dropped_while_in_flight_finish) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    for (int i = 0; i < 20; ++i) {
        Graph graph = gpu.create_graph();
        graph.call(kernel, data);
        graph.replay();
        graph.replay();
    }
    EXPECT_THAT(gpu.get(data), Each(40u));
}

TEST_P(Graphs, may_grow_between_replays) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64);
    Graph graph = gpu.create_graph();
    for (int i = 0; i < 5; ++i) {
        graph.call(kernel, data);
        graph.replay();
    }
    EXPECT_THAT(gpu.get(data), Each(15u));
}

TEST_P(Graphs, take_calls_that_do_nothing) {
    Kernel kernel = compile(gpu, increment());
    const auto data = gpu.zeros<u32>(64), none = gpu.empty<u32>(0);
    Graph graph = gpu.create_graph();
    graph.call(kernel, groups(0), data);
    graph.call(kernel, none);
    graph.call(kernel, data);
    graph.fill(none, 1u);
    graph.replay();
    EXPECT_THAT(gpu.get(data), Each(1u));
}

TEST_P(GraphsInMemory, record_once_and_again_only_after_a_change) {
    Kernel kernel = compile(gpu, blend());
    const auto zero = gpu.zeros<u32>(64), result = gpu.empty<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, zero, zero, result, slot("term", 1u));
    for (int i = 0; i < 10; ++i) graph.replay();
    EXPECT_EQ(memory().counters().records, 1u);
    graph.set("term", 2u);
    for (int i = 0; i < 10; ++i) graph.replay();
    EXPECT_EQ(memory().counters().records, 2u);
    EXPECT_THAT(gpu.get(result), Each(2u));
    gpu.wait();
    EXPECT_EQ(memory().counters().replays, 18u) << "the first after a change is a batch like any other";
    EXPECT_LE(memory().counters().recorded, 2u);
}

TEST_P(GraphsInMemory, keep_no_list_where_each_replay_is_a_new_one) {
    Kernel kernel = compile(gpu, blend());
    const auto zero = gpu.zeros<u32>(64), result = gpu.empty<u32>(64);
    Graph graph = gpu.create_graph();
    graph.call(kernel, zero, zero, result, slot("term", 0u));
    for (u32 i = 1; i <= 10; ++i) {
        graph.set("term", i);
        graph.replay();
        EXPECT_THAT(gpu.get(result), Each(i));
    }
    EXPECT_EQ(memory().counters().records, 0u);
}

TEST_P(GraphsInMemory, put_no_barrier_between_independent_calls) {
    Kernel kernel = compile(gpu, increment());
    std::vector<Buffer<u32>> data;
    Graph graph = gpu.create_graph();
    for (int i = 0; i < 10; ++i) {
        data.push_back(gpu.zeros<u32>(64));
        graph.call(kernel, data.back());
    }
    for (int i = 0; i < 3; ++i) {
        gpu.wait();
        const MemoryCounters before = memory().counters();
        graph.replay();
        gpu.wait();
        EXPECT_LE(memory().counters().barriers - before.barriers, 1u);
    }
}

}  // namespace
}  // namespace alkomp::testing
