// SPDX-License-Identifier: MIT OR Apache-2.0
// From the start of a process to the end of one whose first result is right, with cold and warm caches.
#include "bench.h"

#include <cstdlib>
#include <filesystem>

namespace bench {
namespace {

/// Environment variables for as long as this lives.
class Environment {
public:
    Environment(std::initializer_list<std::pair<const char*, std::string>> values) {
        for (const auto& [name, value] : values) {
            names_.push_back(name);
            setenv(name, value.c_str(), 1);
        }
    }
    ~Environment() {
        for (const char* name : names_) unsetenv(name);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::vector<const char*> names_;
};

}  // namespace

void start(Context& context) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("alkomp-bench-" + std::to_string(bare::process_id()));
    fs::create_directories(folder);
    const std::string cache = (folder / "alkomp").string(), pipelines = (folder / "bare.cache").string();
    const auto ours = [&] { return sibling("alkomp_start", {context.device_name}).seconds * 1e3; };
    const auto floor = [&] { return sibling("bare_start", {pipelines, context.device_name}).seconds * 1e3; };
    {
        const Environment warm{{"ALKOMP_CACHE_DIR", cache}};
        context.report.add("start", "process start to first result, warm caches", "ms",
                           interleave(context.pairs(20), ours, floor, 3), ratio_at_most(1.2));
    }
    {
        // Every run finds empty caches, the driver's own among them.
        const Environment cold{
            {"ALKOMP_CACHE_DIR", cache}, {"__GL_SHADER_DISK_CACHE", "0"}, {"MESA_SHADER_CACHE_DISABLE", "true"}};
        context.report.add("start", "process start to first result, empty caches", "ms",
                           interleave(
                               context.pairs(20),
                               [&] {
                                   fs::remove_all(cache);
                                   return ours();
                               },
                               [&] {
                                   fs::remove(pipelines);
                                   return floor();
                               }));
    }
    fs::remove_all(folder);
}

}  // namespace bench
