// SPDX-License-Identifier: MIT OR Apache-2.0
// The modules of tests/ir/modules, which tests of every pass can start from.
#pragma once

#include <string>
#include <vector>

namespace alkomp::testing {

struct ModuleFile {
    std::string name;  ///< "collatz.ir"
    std::string text;
};

/// All of them, by name.
[[nodiscard]] const std::vector<ModuleFile>& module_files();

}  // namespace alkomp::testing
