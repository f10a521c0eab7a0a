// SPDX-License-Identifier: MIT OR Apache-2.0
// How many random programs a test runs: ALKOMP_PROGRAMS, on devices ALKOMP_DEVICE_PROGRAMS, from ALKOMP_FIRST_SEED on.
// ALKOMP_PART=3/8 takes the third of every eight of them, so that parts can run side by side.
// With ALKOMP_NAME_SEEDS=1 a test that reduces what fails names each program before it runs and all that fail instead.
#pragma once

#include "alkomp/dtype.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace alkomp::testing {

/// The seeds that a test goes through, at least one; a failure names its own.
[[nodiscard]] inline std::vector<u64> seeds(u64 programs = 2000, const char* variable = "ALKOMP_PROGRAMS") {
    const auto number = [](const char* name, u64 otherwise) {
        const char* text = std::getenv(name);
        return text == nullptr ? otherwise : u64{std::stoull(text)};
    };
    const char* given = std::getenv("ALKOMP_PART");
    const std::string text = given == nullptr ? "1/1" : given;
    const u64 part = std::stoull(text);
    const u64 parts = std::stoull(text.substr(text.find('/') + 1));
    if (part < 1 || part > parts) throw std::invalid_argument("ALKOMP_PART is " + text + "; the first of eight is 1/8");
    const u64 first = number("ALKOMP_FIRST_SEED", 0);
    std::vector<u64> seeds;
    for (u64 k = part - 1; k < number(variable, programs); k += parts) seeds.push_back(first + k);
    if (seeds.empty())
        throw std::invalid_argument(std::string(variable) + " leaves part " + text + " without a program");
    return seeds;
}

[[nodiscard]] inline bool names_seeds() {
    const char* given = std::getenv("ALKOMP_NAME_SEEDS");
    return given != nullptr && std::string_view(given) == "1";
}

}  // namespace alkomp::testing
