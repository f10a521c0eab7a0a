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

template <void (*figure)(Subject&)>
void on_vulkan(Context& context) {
    figure(context);
}

struct Figure {
    const char* name;
    void (*run)(Context&);
    bool again;  ///< where the driver's threads lie makes a difference: taken several times
};
constexpr Figure kFigures[] = {{"record", record, true},   {"dispatch", dispatch, true},
                               {"overlap", overlap, true}, {"wait", wait, true},
                               {"graph", graph, true},     {"transfer", transfer, true},
                               {"copy", copy, true},       {"kernels", on_vulkan<kernels>, true},
                               {"start", start, false},    {"compile", compile, false},
                               {"memory", memory, false}};

struct Settings {
    std::vector<std::string> figures;
    std::string device, json;
    int scale = 1;
    int times = 0;  ///< 0: six on a CPU, one on a GPU
};

alkomp::Device open(const Settings& settings) {
    return settings.device.empty() ? alkomp::Device() : alkomp::Device(settings.device);
}

/// Devices of its own for every figure: what one leaves behind (threads of a CPU driver, say) is not in the next.
void run(const Figure& figure, const Settings& settings, Report& report) {
    try {
        const alkomp::Device device = open(settings);
        const std::string name = device.info().name;
        const bool cpu = device.info().kind == alkomp::DeviceKind::cpu;
        Context context{{device, report, cpu, settings.scale}, bare::Gpu({name, false}), name};
        figure.run(context);
    } catch (const std::exception& error) {
        report.fail(figure.name, error.what());
    }
}

int run(const Settings& settings) {
    const alkomp::DeviceInfo info = open(settings).info();
    std::cout << "device: " << info.name << ", " << info.driver << ", " << info.backend << '\n';
    Report report;
    const int times = settings.times > 0 ? settings.times : info.kind == alkomp::DeviceKind::cpu ? 6 : 1;
    for (const Figure& figure : kFigures) {
        const std::vector<std::string>& wanted = settings.figures;
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), figure.name) == wanted.end()) continue;
        for (int i = 0; i < (figure.again ? times : 1); ++i) run(figure, settings, report);
    }
    std::cout << '\n' << report.table();
    if (!settings.json.empty() && !(std::ofstream(settings.json) << report.json(info.name, info.driver) << '\n'))
        throw std::runtime_error("cannot write " + settings.json + ".");
    return report.all_met() ? 0 : 1;
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
    app.add_option("--times", settings.times, "how often each figure is taken, with new devices (a CPU: 6, a GPU: 1)")
        ->check(CLI::Range(1, 100));
    app.add_option("--scale", settings.scale, "multiplies the number of pairs")->check(CLI::Range(1, 100));
    CLI11_PARSE(app, count, arguments);
    try {
        return bench::run(settings);
    } catch (const std::exception& error) {
        std::cerr << "bench_alkomp: " << error.what() << '\n';
        return 1;
    }
}
