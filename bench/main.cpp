// SPDX-License-Identifier: MIT OR Apache-2.0
// bench_alkomp: the figures, alkomp and bare Vulkan in interleaved pairs. See --help.
#include "bench.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace bench {

alkomp::Kernel compile(const Context& context, std::span<const u32> words, const alkomp::KernelOptions& options) {
    alkomp::Device device = context.device;
    return device.compile(alkomp::spirv(words), options);
}

namespace {

struct Figure {
    const char* name;
    void (*run)(Context&);
};
constexpr Figure kFigures[] = {{"record", record}, {"dispatch", dispatch}, {"overlap", overlap},
                               {"wait", wait},     {"graph", graph},       {"transfer", transfer},
                               {"copy", copy},     {"start", start},       {"memory", memory}};

struct Settings {
    std::vector<std::string> figures;
    std::string device, json;
    int scale = 1;
};

int run(const Settings& settings) {
    const alkomp::Device device = settings.device.empty() ? alkomp::Device() : alkomp::Device(settings.device);
    const alkomp::DeviceInfo& info = device.info();
    Context context{bare::Gpu({info.name, false}),        device,        {}, info.name,
                    info.kind == alkomp::DeviceKind::cpu, settings.scale};
    std::cout << "device: " << info.name << ", " << info.driver << ", " << info.backend << '\n';
    for (const Figure& figure : kFigures) {
        if (!settings.figures.empty() &&
            std::find(settings.figures.begin(), settings.figures.end(), figure.name) == settings.figures.end())
            continue;
        try {
            figure.run(context);
        } catch (const std::exception& error) {
            context.report.fail(figure.name, error.what());
        }
    }
    std::cout << '\n' << context.report.table();
    if (!settings.json.empty() &&
        !(std::ofstream(settings.json) << context.report.json(info.name, info.driver) << '\n'))
        throw std::runtime_error("cannot write " + settings.json + ".");
    return context.report.all_met() ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    bench::Settings settings;
    CLI::App app("Measures alkomp against bare Vulkan, in interleaved pairs. Exit status 1: a goal is not met.");
    std::vector<std::string> names;
    for (const bench::Figure& figure : bench::kFigures) names.emplace_back(figure.name);
    app.add_option("figures", settings.figures, "which; all if none is named")->check(CLI::IsMember(names));
    app.add_option("--device", settings.device, "as alkomp::Device takes it; the best one if not given");
    app.add_option("--json", settings.json, "write the rows to this file as well");
    app.add_option("--scale", settings.scale, "multiplies the number of pairs")->check(CLI::Range(1, 100));
    CLI11_PARSE(app, count, arguments);
    try {
        return bench::run(settings);
    } catch (const std::exception& error) {
        std::cerr << "bench_alkomp: " << error.what() << '\n';
        return 1;
    }
}
