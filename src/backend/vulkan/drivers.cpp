// SPDX-License-Identifier: MIT OR Apache-2.0
// Walks the places where the Vulkan loader looks for driver manifests and tests what it finds there.
// Source: Vulkan-Loader, "Driver interface to the Vulkan loader".
#include "backend/vulkan/drivers.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace alkomp::backend::vulkan {
namespace {

namespace fs = std::filesystem;

#ifdef _WIN32
constexpr char kListSeparator = ';';
#else
constexpr char kListSeparator = ':';
#endif

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    std::istringstream stream(list);
    for (std::string item; std::getline(stream, item, kListSeparator);) {
        if (!item.empty()) out.push_back(item);
    }
    return out;
}

/// The value of the first `"key": "text"` in a JSON text. Enough for manifests, which are flat and small.
std::optional<std::string> json_string(const std::string& text, const std::string& key) {
    std::size_t at = text.find('"' + key + '"');
    if (at == std::string::npos) return std::nullopt;
    at = text.find_first_not_of(" \t\r\n", at + key.size() + 2);
    if (at == std::string::npos || text[at] != ':') return std::nullopt;
    at = text.find_first_not_of(" \t\r\n", at + 1);
    if (at == std::string::npos || text[at] != '"') return std::nullopt;
    std::string value;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;  // only quotes, slashes and backslashes occur in paths
        value += text[at];
    }
    if (at >= text.size()) return std::nullopt;
    return value;
}

/// Why the library cannot be opened; empty when it can.
std::string open_problem(const std::string& path) {
#ifdef _WIN32
    HMODULE module = LoadLibraryA(path.c_str());
    if (!module) return "LoadLibrary failed with error " + std::to_string(GetLastError());
    FreeLibrary(module);
#else
    void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (!library) {
        const char* said = dlerror();
        return said ? said : "dlopen failed";
    }
    dlclose(library);
#endif
    return {};
}

Finding inspect_manifest(const fs::path& path) {
    Finding finding{Finding::Kind::manifest, path.string(), false, {}};
    std::error_code error;
    if (!fs::exists(path, error)) {
        finding.detail = "there is no such file";
        return finding;
    }
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream && text.empty()) {
        finding.detail = "it cannot be read";
        return finding;
    }
    const std::optional<std::string> library = json_string(text, "library_path");
    if (!library || library->empty()) {
        finding.detail = "it is no driver manifest: it names no \"library_path\"";
        return finding;
    }
    // A bare name is looked for by the system; a relative path starts at the manifest.
    fs::path target = *library;
    if (target.is_relative() && target.has_parent_path()) target = path.parent_path() / target;
    const std::string problem = open_problem(target.string());
    finding.usable = problem.empty();
    finding.detail = problem.empty() ? target.string() + " opens" : "its driver does not open: " + problem;
    if (const auto version = json_string(text, "api_version"); version && finding.usable) {
        finding.detail += ", Vulkan " + *version;
    }
    return finding;
}

void inspect_folder(const fs::path& folder, std::vector<Finding>& out) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (it->path().extension() == ".json") files.push_back(it->path());
    }
    if (files.empty()) {
        const bool there = fs::is_directory(folder, error);
        out.push_back({Finding::Kind::note, folder.string(), false,
                       there ? "no driver manifests in it" : "there is no such folder"});
        return;
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) out.push_back(inspect_manifest(file));
}

/// Where the loader looks when no variable names the manifests.
#ifdef _WIN32
void inspect_system(std::vector<Finding>& out) {
    out.push_back({Finding::Kind::note, "HKEY_LOCAL_MACHINE\\SOFTWARE\\Khronos\\Vulkan\\Drivers", true,
                   "the loader reads the list of drivers from here and from the display adapters' keys"});
}
#else
void inspect_system(std::vector<Finding>& out) {
    std::vector<fs::path> roots;
    const auto add = [&](const std::string& value, const std::string& otherwise) {
        for (const std::string& item : split(value.empty() ? otherwise : value)) roots.emplace_back(item);
    };
    const std::string home = environment("HOME");
    add(environment("XDG_CONFIG_HOME"), home.empty() ? "" : home + "/.config");
    add(environment("XDG_CONFIG_DIRS"), "/etc/xdg");
    add("/etc", "");
    add(environment("XDG_DATA_HOME"), home.empty() ? "" : home + "/.local/share");
    add(environment("XDG_DATA_DIRS"), "/usr/local/share:/usr/share");
    std::vector<fs::path> folders;
    for (const fs::path& root : roots) {
        const fs::path folder = root / "vulkan" / "icd.d";
        if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(folder);
    }
    for (const fs::path& folder : folders) inspect_folder(folder, out);
}
#endif

/// Manifests, or folders of them, that a variable names. False when it is not set.
bool inspect_variable(const char* name, std::vector<Finding>& out) {
    const std::string value = environment(name);
    if (value.empty()) return false;
    out.push_back({Finding::Kind::note, std::string(name) + "=" + value, true, "names the driver manifests"});
    for (const std::string& item : split(value)) {
        std::error_code error;
        if (fs::is_directory(item, error)) inspect_folder(item, out);
        else out.push_back(inspect_manifest(item));
    }
    return true;
}

}  // namespace

std::vector<Finding> find_drivers() {
    std::vector<Finding> out;
    // The newer variable hides the older one; either hides all folders.
    if (inspect_variable("VK_DRIVER_FILES", out) || inspect_variable("VK_ICD_FILENAMES", out)) return out;
    inspect_variable("VK_ADD_DRIVER_FILES", out);
    inspect_system(out);
    return out;
}

}  // namespace alkomp::backend::vulkan
