// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the folder of modules once.
#include "ir/module_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace alkomp::testing {

const std::vector<ModuleFile>& module_files() {
    static const std::vector<ModuleFile> files = [] {
        std::vector<ModuleFile> found;
        for (const auto& entry : std::filesystem::directory_iterator(ALKOMP_IR_MODULES)) {
            if (entry.path().extension() != ".ir") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            found.push_back({entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {})});
        }
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return found;
    }();
    return files;
}

}  // namespace alkomp::testing
