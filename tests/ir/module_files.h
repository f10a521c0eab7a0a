// SPDX-License-Identifier: MIT OR Apache-2.0
// Modules as text files, which tests of every pass can start from.
#pragma once

#include <string>
#include <vector>

namespace alkomp::testing {

struct ModuleFile {
    std::string name;  ///< "collatz.ir"
    std::string text;
};

/// Those of tests/ir/modules, by name.
[[nodiscard]] const std::vector<ModuleFile>& module_files();
/// Those of tests/ir/beyond too: right, but with what some target or tool does not take.
[[nodiscard]] std::vector<ModuleFile> all_module_files();

}  // namespace alkomp::testing
