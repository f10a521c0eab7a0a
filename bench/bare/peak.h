// SPDX-License-Identifier: MIT OR Apache-2.0
// The greatest resident memory of this process, as Linux counts it.
#pragma once

#include <fstream>
#include <string>

namespace bare {

/// In 10^6 bytes. getrusage would count the parent's pages from before the program was loaded.
[[nodiscard]] inline double peak_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kibibytes = 0;
            status >> kibibytes;
            return kibibytes * 1024e-6;
        }
    return 0;
}

}  // namespace bare
