// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp's own host memory beside the driver's, and that dropped buffers leave nothing behind.
#include "bench.h"

#include <fstream>

namespace bench {
namespace {

double resident_mb() {
    std::ifstream statm("/proc/self/statm");
    u64 pages = 0;
    statm >> pages >> pages;
    return static_cast<double>(pages) * 4096e-6;
}

}  // namespace

void memory(Context& context) {
    // The same program by alkomp and by bare Vulkan; what the first needs beyond the second is alkomp's.
    const auto peak = [&](const char* program, const std::vector<std::string>& arguments) {
        return std::stod(sibling(program, arguments).output);
    };
    Samples beyond;
    for (int i = 0; i < context.pairs(10); ++i)
        beyond.alkomp.push_back(peak("alkomp_start", {context.device_name}) -
                                peak("bare_start", {"", context.device_name}));
    context.report.add("memory", "peak resident memory of a small program beyond bare Vulkan's", "MB", beyond,
                       at_most(10));

    const auto churn = [&](u32 count) {
        for (u32 i = 0; i < count; ++i) (void)context.device.empty<u32>(256 + i % 1024);
        context.device.wait();
    };
    churn(100'000);
    const double before = resident_mb();
    churn(1'000'000);
    // One page is the least that the system counts; a megabyte is 1 byte per buffer.
    context.report.add("memory", "growth after 10^6 buffers made and dropped", "MB",
                       Samples{{resident_mb() - before}, {}}, at_most(1));
}

}  // namespace bench
