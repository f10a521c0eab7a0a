// SPDX-License-Identifier: MIT OR Apache-2.0
// What a child process does in each test; it prints one line and exits 0 when all is as it should be.
#pragma once

#include <string>

namespace alkomp::testing {

/// Runs a scene by name; returns the exit status.
int run_scene(const std::string& name);

}  // namespace alkomp::testing
