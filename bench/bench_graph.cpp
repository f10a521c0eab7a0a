// SPDX-License-Identifier: MIT OR Apache-2.0
// Replays of a recorded graph, against submitting a recorded command buffer again.
#include "bench.h"
#include "kernels.h"

namespace bench {
namespace {

void unchanged(Context& context, const alkomp::Kernel& tiny, u32 nodes) {
    constexpr u32 times = 20;
    bare::Replay floor(context.gpu, nodes);
    const auto data = context.device.zeros<u32>(64);
    alkomp::Graph graph = context.device.create_graph();
    for (u32 i = 0; i < nodes; ++i) graph.call(tiny, alkomp::groups(1), data, i);
    graph.replay();
    if (context.device.get(data)[0] != chained(0, nodes)) throw std::runtime_error("the replay gives a wrong word.");
    const std::string of = std::to_string(nodes) + (nodes == 1 ? " node" : " nodes");
    context.report.add("graph", of + ", unchanged, per node, 20 replays in a row and a wait", "us",
                       interleave(
                           context.pairs(15),
                           [&] {
                               const double start = bare::now();
                               for (u32 i = 0; i < times; ++i) graph.replay();
                               context.device.wait();
                               return (bare::now() - start) / (times * nodes) * 1e6;
                           },
                           [&] { return floor.run(times) / nodes * 1e6; }),
                       ratio_at_most(1.05));
    context.report.add("graph", of + ", unchanged, CPU time of one replay", "us",
                       interleave(
                           context.pairs(15),
                           [&] {
                               const double start = thread_seconds();
                               for (u32 i = 0; i < times; ++i) graph.replay();
                               context.device.stream().flush();
                               const double seconds = thread_seconds() - start;
                               context.device.wait();
                               return seconds / times * 1e6;
                           },
                           [&] {
                               (void)floor.run(times);
                               return floor.last_submit() * 1e6;
                           }));
}

/// Both columns are alkomp's: a replay with one slot changed, and the same calls recorded anew.
void changed(Context& context, const alkomp::Kernel& tiny, u32 nodes) {
    const auto data = context.device.zeros<u32>(64);
    alkomp::Graph graph = context.device.create_graph();
    graph.call(tiny, alkomp::groups(1), data, alkomp::slot("n", 0u));
    for (u32 i = 1; i < nodes; ++i) graph.call(tiny, alkomp::groups(1), data, i);
    graph.replay();
    context.device.wait();
    u32 turn = 0;
    context.report.add("graph",
                       std::to_string(nodes) + " nodes, one slot changed, CPU time, against recording the calls", "us",
                       interleave(
                           context.pairs(20),
                           [&] {
                               const double start = thread_seconds();
                               graph.set("n", ++turn);
                               graph.replay();
                               context.device.stream().flush();
                               const double seconds = thread_seconds() - start;
                               context.device.wait();
                               return seconds * 1e6;
                           },
                           [&] {
                               const double start = thread_seconds();
                               for (u32 i = 0; i < nodes; ++i) context.device.call(tiny, alkomp::groups(1), data, i);
                               context.device.stream().flush();
                               const double seconds = thread_seconds() - start;
                               context.device.wait();
                               return seconds * 1e6;
                           }),
                       ratio_at_most(1.0));
}

}  // namespace

void graph(Context& context) {
    const alkomp::Kernel tiny = compile(context, bare::kernels::tiny);
    for (const u32 nodes : {1u, 10u, 100u, 1000u}) unchanged(context, tiny, nodes);
    for (const u32 nodes : {10u, 1000u}) changed(context, tiny, nodes);
}

}  // namespace bench
