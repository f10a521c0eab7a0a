// SPDX-License-Identifier: MIT OR Apache-2.0
// How many random programs a test runs: ALKOMP_PROGRAMS, on devices ALKOMP_DEVICE_PROGRAMS, from ALKOMP_FIRST_SEED on.
#pragma once

#include "alkomp/dtype.h"

#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

namespace alkomp::testing {

/// The seeds that a test goes through; a failure names its own.
[[nodiscard]] inline std::vector<u64> seeds(u64 programs = 2000, const char* variable = "ALKOMP_PROGRAMS") {
    const auto number = [](const char* name, u64 otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : u64{std::stoull(text)};
    };
    std::vector<u64> seeds(static_cast<std::size_t>(number(variable, programs)));
    std::iota(seeds.begin(), seeds.end(), number("ALKOMP_FIRST_SEED", 0));
    return seeds;
}

}  // namespace alkomp::testing
