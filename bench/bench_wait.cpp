// SPDX-License-Identifier: MIT OR Apache-2.0
// One tiny call and the wait for it, against every way of waiting that bare Vulkan has.
#include "bench.h"
#include "kernels.h"

#include <algorithm>
#include <array>
#include <iostream>

namespace bench {
namespace {

using How = bare::Wait::How;
struct Way {
    How how;
    const char* name;
};
constexpr std::array kPromised{
    Way{How::fence_wait, "vkWaitForFences"}, Way{How::fence_spin, "spinning on vkGetFenceStatus"},
    Way{How::timeline_wait, "vkWaitSemaphores"}, Way{How::timeline_spin, "spinning on vkGetSemaphoreCounterValue"},
    Way{How::queue_idle, "vkQueueWaitIdle"}};
// Vulkan does not promise that host-visible writes are seen before the submission ends.
constexpr std::array kUnpromised{Way{How::word_by_kernel, "polling a word that the kernel writes"},
                                 Way{How::word_by_fill, "polling a word that a fill writes"}};

/// The fastest of these here and now, by the medians of short runs taken in turns.
Way fastest(bare::Wait& floor, std::span<const Way> ways) {
    std::vector<std::vector<double>> seconds(ways.size());
    for (int round = 0; round < 8; ++round)
        for (std::size_t i = 0; i < ways.size(); ++i)
            seconds[i].push_back(settled([&] { return floor.run(ways[i].how, false); }));
    std::size_t best = 0;
    for (std::size_t i = 0; i < ways.size(); ++i)
        if (estimate(seconds[i]).median < estimate(seconds[best]).median) best = i;
    return ways[best];
}

}  // namespace

void wait(Context& context) {
    bare::Wait floor(context.gpu);
    const alkomp::Kernel tiny = compile(context, bare::kernels::tiny);
    const auto data = context.device.zeros<u32>(64);
    alkomp::Stream stream = context.device.stream();
    stream.wait();
    const auto against = [&](const char* what, const Way& way, std::optional<Goal> goal) {
        std::cout << "wait: the fastest " << what << " is " << way.name << std::endl;
        context.report.add("wait", std::string("tiny call and wait, against the fastest ") + what, "us",
                           interleave(
                               context.pairs(60),
                               [&] {
                                   return settled([&] {
                                       const double start = bare::now();
                                       stream.call(tiny, alkomp::groups(1), data, 7u);
                                       stream.wait();
                                       return (bare::now() - start) * 1e6;
                                   });
                               },
                               [&] { return settled([&] { return floor.run(way.how, false) * 1e6; }); }),
                           goal);
    };
    against("wait that Vulkan promises", fastest(floor, kPromised), ratio_at_most(1.1));
    against("word in memory", fastest(floor, kUnpromised), {});
}

}  // namespace bench
