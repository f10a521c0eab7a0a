// SPDX-License-Identifier: MIT OR Apache-2.0
// bare_start [pipeline cache file] [device]: prints its peak memory in MB and the milliseconds of each step.
#include "figures.h"
#include "peak.h"

#include <cstdio>
#include <exception>

int main(int count, char** arguments) {
    try {
        const bare::Start times = bare::start({count > 2 ? arguments[2] : "", false}, count > 1 ? arguments[1] : "");
        std::printf("%.3f device %.2f pipeline %.2f run %.2f\n", bare::peak_mb(), times.device * 1e3,
                    times.pipeline * 1e3, times.run * 1e3);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bare_start: %s\n", error.what());
        return 1;
    }
}
