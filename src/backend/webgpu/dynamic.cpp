// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds WebGPU libraries at run time and tells their kinds apart.
#include "backend/webgpu/library.h"

#include <cstdlib>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace alkomp::backend::webgpu {
namespace {

#ifdef _WIN32
constexpr char kSeparator = ';';
#else
constexpr char kSeparator = ':';
#endif

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

void* open(const std::string& path, std::string& problem) {
#ifdef _WIN32
    void* library = reinterpret_cast<void*>(LoadLibraryA(path.c_str()));
    if (library == nullptr) problem = std::system_category().message(static_cast<int>(GetLastError()));
#else
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* said = dlerror();
        problem = said ? said : "dlopen failed";
    }
#endif
    return library;
}

Symbol find(void* library, const char* name) {
#ifdef _WIN32
    return reinterpret_cast<Symbol>(GetProcAddress(static_cast<HMODULE>(library), name));
#else
    return reinterpret_cast<Symbol>(dlsym(library, name));
#endif
}

/// What became of a path, kept as long as the process lives.
struct Opened {
    std::shared_ptr<const Library> library;
    std::string problem;  ///< when there is no library
};

Opened open_path(const std::string& path) {
    Opened out;
    void* const handle = open(path, out.problem);
    if (handle == nullptr) return out;
    auto library = std::make_shared<Library>();
    library->path = path;
    if (const char* missing = library->wgpu.fill([&](const char* name) { return find(handle, name); })) {
        out.problem = std::string("it has no ") + missing + ", so it is no WebGPU library of this webgpu.h";
        return out;
    }
    library->shim = make_wgpu_native(library->wgpu, handle, find, out.problem);
    if (!library->shim && out.problem.empty()) library->shim = make_dawn(library->wgpu, handle, find, out.problem);
    if (library->shim) out.library = std::move(library);
    return out;
}

const Opened& opened(const std::string& path) {
    static std::mutex mutex;
    static auto* const all = new std::map<std::string, Opened>;
    const std::lock_guard lock(mutex);
    const auto found = all->find(path);
    if (found != all->end() && found->second.library) return found->second;
    return (*all)[path] = open_path(path);
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(kSeparator, at), list.size());
        if (end > at) out.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::vector<std::string> library_paths(std::string_view backend) {
    if (const std::string paths = environment("ALKOMP_WEBGPU_LIBRARY"); !paths.empty()) return split(paths);
    const bool dawn = backend == "dawn";
#if defined(_WIN32)
    std::vector<std::string> out{dawn ? "webgpu_dawn.dll" : "wgpu_native.dll"};
#elif defined(__APPLE__)
    std::vector<std::string> out{dawn ? "libwebgpu_dawn.dylib" : "libwgpu_native.dylib"};
#else
    std::vector<std::string> out{dawn ? "libwebgpu_dawn.so" : "libwgpu_native.so"};
#endif
    // Where a package manager of a language has put one; alkompy says where that of Python is.
    for (std::string& path : split(environment("ALKOMP_WEBGPU_FALLBACK"))) out.push_back(std::move(path));
    return out;
}

}  // namespace

bool can_wait() noexcept { return true; }

void rest(u64 ns) {
    if (ns == 0) std::this_thread::yield();
    else std::this_thread::sleep_for(std::chrono::nanoseconds(ns));
}

void wake_from_page(std::function<void()>) {}

std::shared_ptr<const Library> open_library(std::string_view backend, std::vector<Finding>& findings) {
    for (const std::string& path : library_paths(backend)) {
        const Opened& of = opened(path);
        const bool wanted = of.library && of.library->shim->traits().backend == backend;
        if (of.library && !wanted) continue;  // the other backend's
        findings.push_back({Finding::Kind::library, path, wanted, wanted ? of.library->name() : of.problem});
        if (wanted) return of.library;
    }
    return nullptr;
}

std::string environment_key() {
    std::string all;
    for (const char* name : {"ALKOMP_WEBGPU_LIBRARY", "ALKOMP_WEBGPU_FALLBACK", "VK_DRIVER_FILES", "VK_ICD_FILENAMES",
                             "VK_ADD_DRIVER_FILES", "VK_LOADER_DRIVERS_SELECT", "VK_LOADER_DRIVERS_DISABLE"})
        all += environment(name) + '\n';
    return all;
}

}  // namespace alkomp::backend::webgpu
