// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads folders of modules.
#include "ir/module_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace alkomp::testing {

namespace {

std::vector<ModuleFile> files_in(const std::filesystem::path& folder) {
    std::vector<ModuleFile> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".ir") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        found.push_back({entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {})});
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return found;
}

}  // namespace

const std::vector<ModuleFile>& module_files() {
    static const std::vector<ModuleFile> files = files_in(std::filesystem::path(ALKOMP_IR_MODULES) / "modules");
    return files;
}

std::vector<ModuleFile> all_module_files() {
    std::vector<ModuleFile> all = module_files();
    for (ModuleFile& file : files_in(std::filesystem::path(ALKOMP_IR_MODULES) / "beyond"))
        all.push_back(std::move(file));
    return all;
}

}  // namespace alkomp::testing
