// SPDX-License-Identifier: MIT OR Apache-2.0
// Child processes, and what they took.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bare {

struct Child {
    double seconds = 0;  ///< from before its start to after its end
    std::string output;
};
/// Runs a program to its end. Throws when it cannot be started or fails.
Child run_child(const std::filesystem::path& program, const std::vector<std::string>& arguments);

/// This program's own file.
std::filesystem::path this_program();
int process_id();

}  // namespace bare
