// SPDX-License-Identifier: MIT OR Apache-2.0
// What a call costs the CPU: argument checks, hazards and encoding, against the driver's own calls.
#include "bench.h"
#include "kernels.h"

#include <vector>

namespace bench {
namespace {

/// What reading the clock twice takes by itself: a call into the system, far longer than a call that is measured.
double clock_seconds() {
    std::vector<double> empty;
    for (int i = 0; i < 1001; ++i) {
        const double start = thread_seconds();
        empty.push_back(thread_seconds() - start);
    }
    return estimate(empty).median;
}

}  // namespace

void record(Context& context) {
    constexpr u32 calls = 1000;
    bare::Launch floor(context.gpu);
    const alkomp::Kernel word = compile(context, bare::kernels::word);
    const auto data = context.device.zeros<u32>(64), other = context.device.zeros<u32>(64);
    alkomp::Stream stream = context.device.stream();
    stream.wait();

    const auto issue = [&](u32 count) {
        // Swapping the buffers leaves no part of a call as it was in the one before.
        for (u32 i = 0; i < count; ++i)
            stream.call(word, alkomp::groups(1), i % 2 ? other : data, i % 2 ? data : other, i);
    };
    // With the submission in it: alkomp may encode when it submits, and submits early.
    context.report.add("record", "one call, its share of the submission in it, CPU time", "us",
                       interleave(
                           context.pairs(30),
                           [&] {
                               const double start = thread_seconds();
                               issue(calls);
                               stream.flush();
                               const double seconds = thread_seconds() - start;
                               stream.wait();
                               return seconds / calls * 1e6;
                           },
                           [&] { return floor.record_and_submit(calls) * 1e6; }));
    // A CPU driver may run what is submitted early in the calling thread: then that is in it as well.
    context.report.add("record", "one call, until it returns, CPU time", "us",
                       interleave(
                           context.pairs(30),
                           [&] {
                               const double start = thread_seconds();
                               issue(calls);
                               const double seconds = thread_seconds() - start;
                               stream.wait();
                               return seconds / calls * 1e6;
                           },
                           [&] { return floor.record(calls) * 1e6; }));
    // So few calls are kept: nothing is encoded yet.
    constexpr u32 few = 8, groups_of_few = 50;
    const double clock = clock_seconds();
    context.report.add("record", "one call, CPU time: its checks, hazards and record, encoded when it is submitted",
                       "us",
                       interleave(
                           context.pairs(30),
                           [&] {
                               double seconds = 0;
                               for (u32 n = 0; n < groups_of_few; ++n) {
                                   const double start = thread_seconds();
                                   issue(few);
                                   seconds += thread_seconds() - start - clock;
                                   stream.wait();
                               }
                               return seconds / (few * groups_of_few) * 1e6;
                           },
                           [&] { return floor.record(calls) * 1e6; }),
                       context.goal(ratio_at_most(1.1), at_most(0.25)));
}

}  // namespace bench
