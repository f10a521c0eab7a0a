// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the unit tests with a cache folder of their own.
#include "support/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

int main(int argc, char** argv) {
    ::testing::InitGoogleMock(&argc, argv);
    const auto folder =
        std::filesystem::temp_directory_path() /
        ("alkomp-unit-cache-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
    alkomp::testing::set_variable("ALKOMP_CACHE_DIR", folder.string());
    const int result = RUN_ALL_TESTS();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return result;
}
