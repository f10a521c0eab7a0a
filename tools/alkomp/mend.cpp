// SPDX-License-Identifier: MIT OR Apache-2.0
// Problems to commands.
#include "mend.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace alkomp::command {
namespace {

using backend::Finding;

std::string read_text(const char* path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string privileged(const System& system, std::string command) {
    const bool needed = !system.root && system.family != Family::macos && system.family != Family::windows;
    return (needed ? "sudo " : "") + std::move(command);
}

/// Loader and Mesa's drivers for every GPU that it knows, and for the CPU.
std::string install_vulkan(const System& system) {
    switch (system.family) {
        case Family::debian:
        case Family::ubuntu:
            return privileged(system, "apt-get install libvulkan1 mesa-vulkan-drivers");
        case Family::fedora:
            return privileged(system, "dnf install vulkan-loader mesa-vulkan-drivers");
        case Family::arch:
            return privileged(system, "pacman -S vulkan-icd-loader vulkan-swrast vulkan-radeon vulkan-intel");
        case Family::suse:
            return privileged(system, "zypper install libvulkan1 libvulkan_lvp libvulkan_radeon libvulkan_intel");
        case Family::alpine:
            return privileged(system, "apk add vulkan-loader mesa-vulkan-swrast mesa-vulkan-ati mesa-vulkan-intel");
        case Family::macos:
            return "brew install vulkan-loader molten-vk";
        case Family::windows:
            return "winget install --id KhronosGroup.VulkanRT";
        case Family::unknown:
            break;
    }
    return "install the Vulkan loader (libvulkan.so.1) and your GPU's Vulkan driver, or Mesa's";
}

std::string install_nvidia(const System& system) {
    if (system.container) return "docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics ...";
    const std::string major = system.nvidia_driver.substr(0, system.nvidia_driver.find('.'));
    switch (system.family) {
        case Family::ubuntu:
            return privileged(system, "apt-get install libnvidia-gl-" + major);
        case Family::debian:
            return privileged(system, "apt-get install nvidia-vulkan-icd");
        case Family::fedora:
            return privileged(system, "dnf install xorg-x11-drv-nvidia-libs");
        case Family::arch:
            return privileged(system, "pacman -S nvidia-utils");
        default:
            return "install the user-space part of NVIDIA driver " + system.nvidia_driver + " with its Vulkan driver";
    }
}

bool any_usable(const BackendReport& backend, Finding::Kind kind) {
    return std::ranges::any_of(backend.findings, [&](const Finding& f) { return f.kind == kind && f.usable; });
}

/// The first of these variables that is set.
std::string set_variable(const DoctorReport& report, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const std::string start = std::string(name) + "=";
        const bool set =
            std::ranges::any_of(report.environment, [&](const std::string& line) { return line.starts_with(start); });
        if (set) return name;
    }
    return "";
}

bool has_nvidia(const BackendReport& backend) {
    return std::ranges::any_of(backend.devices, [](const std::string& device) {
        return std::regex_search(device, std::regex("nvidia|geforce|tesla|quadro|rtx", std::regex::icase));
    });
}

void mend_vulkan(const DoctorReport& report, const BackendReport& backend, const System& system,
                 std::vector<Mend>& out) {
    const std::string variable = set_variable(report, {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"});
    if (!any_usable(backend, Finding::Kind::library)) {
        const std::string library = set_variable(report, {"ALKOMP_VULKAN_LIBRARY"});
        if (!library.empty()) out.push_back({library + " names a library that cannot be opened", "unset " + library});
        else out.push_back({"the Vulkan loader is not installed or cannot be opened", install_vulkan(system)});
        return;
    }
    for (const Finding& finding : backend.findings) {
        if (finding.kind != Finding::Kind::manifest || finding.usable) continue;
        const std::string problem = "driver manifest " + finding.what + " is refused: " + finding.detail;
        if (!variable.empty()) out.push_back({problem, "unset " + variable});
        else out.push_back({problem, install_vulkan(system)});
    }
    if (!backend.devices.empty()) {
        if (!system.nvidia_driver.empty() && !has_nvidia(backend) && variable.empty()) {
            out.push_back({"there is an NVIDIA GPU (driver " + system.nvidia_driver + "), but no Vulkan device for it",
                           install_nvidia(system)});
        }
        return;
    }
    if (!system.nvidia_driver.empty())
        out.push_back({"the NVIDIA GPU has no Vulkan driver here", install_nvidia(system)});
    else if (!variable.empty() && out.empty())
        out.push_back({variable + " names no driver that lists a device", "unset " + variable});
    else if (out.empty()) out.push_back({"no Vulkan driver lists a device", install_vulkan(system)});
}

/// What brings a library of WebGPU, where one is asked for and none can be opened.
void mend_webgpu(const DoctorReport& report, const std::string& device, std::vector<Mend>& out) {
    const auto usable = [&](std::string_view name) {
        return std::ranges::any_of(report.backends, [&](const BackendReport& backend) {
            return backend.name == name && any_usable(backend, Finding::Kind::library);
        });
    };
    const std::string variable = set_variable(report, {"ALKOMP_WEBGPU_LIBRARY"});
    if (!variable.empty() && !usable("wgpu") && !usable("dawn")) {
        out.push_back({variable + " names no library of WebGPU that can be opened", "unset " + variable});
        return;
    }
    std::string word = device.substr(0, device.find(':'));
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (word == "dawn" && !usable("dawn")) {
        out.push_back({"ALKOMP_DEVICE=" + device + " asks for Dawn, which is not found",
                       "build Dawn as a shared library, and let ALKOMP_WEBGPU_LIBRARY name it"});
    } else if ((word == "wgpu" && !usable("wgpu")) || (word == "webgpu" && !usable("wgpu") && !usable("dawn"))) {
        out.push_back(
            {"ALKOMP_DEVICE=" + device + " asks for wgpu-native, which is not found",
             "pip install wgpu, and let ALKOMP_WEBGPU_LIBRARY name the library in the folder wgpu/resources; Python "
             "finds it by itself: pip install \"alkompy[webgpu]\""});
    }
}

}  // namespace

Family family_of(std::string_view os_release) {
    std::string ids;
    std::istringstream lines{std::string(os_release)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("ID=") && !line.starts_with("ID_LIKE=")) continue;
        std::string value = line.substr(line.find('=') + 1);
        std::erase(value, '"');
        std::erase(value, '\'');
        ids += " " + value + " ";
    }
    const auto has = [&](const char* id) { return ids.find(" " + std::string(id) + " ") != std::string::npos; };
    if (has("ubuntu")) return Family::ubuntu;
    if (has("debian")) return Family::debian;
    if (has("fedora") || has("rhel") || has("centos")) return Family::fedora;
    if (has("arch")) return Family::arch;
    if (has("suse") || has("opensuse") || has("opensuse-tumbleweed") || has("opensuse-leap")) return Family::suse;
    if (has("alpine")) return Family::alpine;
    return Family::unknown;
}

System this_system() {
    System system;
#if defined(_WIN32)
    system.family = Family::windows;
#else
#if defined(__APPLE__)
    system.family = Family::macos;
#else
    system.family = family_of(read_text("/etc/os-release"));
#endif
    system.root = geteuid() == 0;
#endif
    std::smatch match;
    const std::string driver = read_text("/proc/driver/nvidia/version");
    if (std::regex_search(driver, match, std::regex("Kernel Module[^0-9]*([0-9]+(\\.[0-9]+)+)")))
        system.nvidia_driver = match[1];
    std::error_code ignored;
    system.container =
        std::filesystem::exists("/.dockerenv", ignored) || std::filesystem::exists("/run/.containerenv", ignored);
    return system;
}

std::vector<Mend> find_mends(const DoctorReport& report, const System& system) {
    std::vector<Mend> out;
    for (const BackendReport& backend : report.backends) {
        if (backend.name == "vulkan") mend_vulkan(report, backend, system, out);
    }
    const auto variable = std::ranges::find_if(
        report.environment, [](const std::string& line) { return line.starts_with("ALKOMP_DEVICE="); });
    const bool devices =
        std::ranges::any_of(report.backends, [](const BackendReport& b) { return !b.devices.empty(); });
    const bool named = variable != report.environment.end();
    const std::size_t before = out.size();
    mend_webgpu(report,
                named && !report.trial.opened ? variable->substr(std::string_view("ALKOMP_DEVICE=").size()) : "", out);
    if (!report.trial.opened && devices && named && out.size() == before) {
        out.push_back({*variable + " matches no device", "unset ALKOMP_DEVICE"});
    }
    if (!report.cache.folder.empty() && !report.cache.writable) {
        out.push_back({"the kernel cache cannot be written: " + report.cache.detail,
                       "export ALKOMP_CACHE_DIR=/tmp/alkomp-cache"});
    }
    if (report.glsl.version.empty()) {
        const bool apt = system.family == Family::debian || system.family == Family::ubuntu;
        out.push_back({"this build has no GLSL compiler, so it takes SPIR-V only",
                       apt ? privileged(system, "apt-get install glslang-dev spirv-tools") +
                                 " && cmake -S . -B build -DALKOMP_GLSL=ON && cmake --build build"
                           : "cmake -S . -B build -DALKOMP_GLSL=ON && cmake --build build"});
    }
    // Several problems often have one cure.
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (std::size_t j = i + 1; j < out.size();) {
            if (out[j].command != out[i].command) {
                ++j;
                continue;
            }
            out[i].problem += "; " + out[j].problem;
            out.erase(out.begin() + static_cast<std::ptrdiff_t>(j));
        }
    }
    return out;
}

}  // namespace alkomp::command
