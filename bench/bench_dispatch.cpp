// SPDX-License-Identifier: MIT OR Apache-2.0
// What a call costs the device: dependent calls one after another, independent ones side by side.
#include "bench.h"
#include "kernels.h"

namespace bench {
namespace {

/// Device seconds from the end of one profiled call to the begin of another, `between` run in the middle.
template <class Between>
double device_seconds(Context& context, const alkomp::Kernel& kernel, const alkomp::Buffer<u32>& data,
                      Between between) {
    const auto marked = [&] {
        context.device.profile(true);
        context.device.call(kernel, alkomp::groups(1), data, 1u);
        context.device.profile(false);
    };
    marked();
    between();
    marked();
    context.device.wait();
    const alkomp::Profile profile = std::as_const(context.device).profile();
    if (profile.spans.size() < 2) throw std::runtime_error("the profile lacks the calls that were marked.");
    const alkomp::ProfileSpan& first = profile.spans[profile.spans.size() - 2];
    const alkomp::ProfileSpan& last = profile.spans.back();
    return static_cast<double>(last.begin_ns - (first.begin_ns + first.duration_ns)) * 1e-9;
}

}  // namespace

void dispatch(Context& context) {
    constexpr u32 calls = 1000;
    bare::Launch floor(context.gpu);
    const alkomp::Kernel tiny = compile(context, bare::kernels::tiny);
    const auto data = context.device.zeros<u32>(64);
    const auto issue = [&] {
        for (u32 i = 0; i < calls; ++i) context.device.call(tiny, alkomp::groups(1), data, i);
    };
    issue();
    if (context.device.get(data)[0] != chained(0, calls))
        throw std::runtime_error("the chain of calls gives a wrong word.");
    if (context.device.capabilities().features.timestamps) {
        context.report.add(
            "dispatch", "dependent, one of 1000, device time", "us",
            interleave(
                context.pairs(20), [&] { return device_seconds(context, tiny, data, issue) / calls * 1e6; },
                [&] { return floor.dispatch(calls) * 1e6; }),
            ratio_at_most(1.05));
    }
    context.report.add("dispatch", "dependent, one of 1000, from the first call to the end of the wait", "us",
                       interleave(
                           context.pairs(20),
                           [&] {
                               const double start = bare::now();
                               issue();
                               context.device.wait();
                               return (bare::now() - start) / calls * 1e6;
                           },
                           [&] { return floor.batch(calls) * 1e6; }),
                       ratio_at_most(1.05));
}

void overlap(Context& context) {
    constexpr u32 kernels = 64;
    bare::Overlap floor(context.gpu, kernels, 20e-6);
    const alkomp::Kernel spin = compile(context, bare::kernels::spin);
    std::vector<alkomp::Buffer<u32>> data;
    for (u32 i = 0; i < kernels; ++i) data.push_back(context.device.zeros<u32>(64));
    context.device.wait();
    context.report.add(
        "overlap", "64 independent one-workgroup kernels of 20 us, from the first call to the end of the wait", "us",
        interleave(
            context.pairs(20),
            [&] {
                return settled([&] {
                    const double start = bare::now();
                    for (const auto& buffer : data)
                        context.device.call(spin, alkomp::groups(1), buffer, floor.iterations());
                    context.device.wait();
                    return (bare::now() - start) * 1e6;
                });
            },
            [&] { return settled([&] { return floor.batch() * 1e6; }); }),
        context.goal({}, ratio_at_most(1.2)));
}

}  // namespace bench
