// SPDX-License-Identifier: MIT OR Apache-2.0
// bench_webgpu: alkomp on WebGPU devices, against bare webgpu.h on the same library, hand-written WGSL and our own
// Vulkan backend. See --help.
#include "bare/figures.h"
#include "bare/kernels.h"
#include "bare/web.h"
#include "compare.h"

#include <alkomp/native/webgpu.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <utility>

namespace bench {
namespace {

using How = bare::Web::How;

/// alkomp's device, and a bare one of the same library and adapter.
struct Pair : Subject {
    bare::Web web;
};

constexpr const char* kTiny = R"(@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(1)
fn main() { data[0] = data[0] * 3 + 1; }
)";

constexpr const char* kCopy = R"(@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4u>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = id.y * groups.x * 256 + id.x;
    copy[i] = source[i];
}
)";

constexpr WGPUBufferUsage kUsage = WGPUBufferUsage_Storage | WGPUBufferUsage_CopySrc | WGPUBufferUsage_CopyDst;

/// Whichever way of waiting is faster here and now.
template <class F>
How faster(const char* what, F f) {
    double blocked = 0, spun = 0;
    for (int round = 0; round < 5; ++round) {
        blocked += settled([&] { return f(How::block); }, 7);
        spun += settled([&] { return f(How::spin); }, 7);
    }
    std::cout << what << ": the bare program " << (spun < blocked ? "spins" : "blocks") << ": " << spun / 5
              << " against " << blocked / 5 << " us" << std::endl;
    return spun < blocked ? How::spin : How::block;
}

void dispatch(Pair& pair) {
    constexpr u32 calls = 1000;
    alkomp::Device device = pair.device;
    const alkomp::Kernel tiny = device.compile(alkomp::wgsl(kTiny)),
                         scaled = device.compile(alkomp::spirv(bare::kernels::tiny));
    const auto data = device.zeros<u32>(64);
    WGPUBuffer words = pair.web.buffer(256, kUsage);
    const bare::WebKernel floor(pair.web, kTiny, {&words, 1});
    const auto bare_batch = [&](How how) {
        const double start = bare::now();
        floor.call(calls, 1);
        pair.web.finish(how);
        return (bare::now() - start) / calls * 1e6;
    };
    const auto batch = [&](auto call) {
        const double start = bare::now();
        for (u32 i = 0; i < calls; ++i) call(i);
        device.wait();
        return (bare::now() - start) / calls * 1e6;
    };
    const auto plain = [&](u32) { device.call(tiny, alkomp::groups(1), data); };
    const auto with_scalar = [&](u32 i) { device.call(scaled, alkomp::groups(1), data, i); };
    (void)batch(with_scalar);
    if (device.get(data)[0] != chained(0, calls)) throw std::runtime_error("the chain of calls gives a wrong word.");
    const How how = faster("dispatch", bare_batch);
    pair.report.add("dispatch", "dependent, one of 1000, from the first call to the end of the wait", "us",
                    interleave(
                        pair.pairs(20), [&] { return batch(plain); }, [&] { return bare_batch(how); }),
                    ratio_at_most(1.1));
    pair.report.add("dispatch", "the same with a new scalar each, against bare without", "us",
                    interleave(
                        pair.pairs(20), [&] { return batch(with_scalar); }, [&] { return bare_batch(how); }));
    pair.web.BufferRelease(words);
}

void wait(Pair& pair) {
    alkomp::Device device = pair.device;
    const alkomp::Kernel tiny = device.compile(alkomp::wgsl(kTiny));
    const auto data = device.zeros<u32>(64);
    WGPUBuffer words = pair.web.buffer(256, kUsage);
    const bare::WebKernel floor(pair.web, kTiny, {&words, 1});
    const auto bare_call = [&](How how) {
        const double start = bare::now();
        floor.call(1, 1);
        pair.web.finish(how);
        return (bare::now() - start) * 1e6;
    };
    const How how = faster("wait", bare_call);
    pair.report.add("wait", "tiny call and wait", "us",
                    interleave(
                        pair.pairs(60),
                        [&] {
                            return settled([&] {
                                const double start = bare::now();
                                device.call(tiny, alkomp::groups(1), data);
                                device.wait();
                                return (bare::now() - start) * 1e6;
                            });
                        },
                        [&] { return settled([&] { return bare_call(how); }); }),
                    ratio_at_most(1.1));
    pair.web.BufferRelease(words);
}

template <class F>
double rate(u64 size_bytes, F f) {
    const double start = bare::now();
    f();
    return static_cast<double>(size_bytes) / (bare::now() - start) * 1e-9;
}

void transfer(Pair& pair) {
    constexpr u64 size = 64u << 20;
    alkomp::Device device = pair.device;
    std::vector<u64> from(size / sizeof(u64)), to(from.size(), 1);
    for (u64 i = 0; i < from.size(); ++i) from[i] = i * 0x9e3779b97f4a7c15;
    const auto data = device.empty<u64>(from.size());
    const bare::WebTransfer floor(pair.web, size);
    const auto* source = reinterpret_cast<const std::byte*>(from.data());
    auto* target = reinterpret_cast<std::byte*>(to.data());
    const auto upload = [&] {
        return rate(size, [&] {
            device.write(data, from);
            device.wait();
        });
    };
    const auto download = [&] { return rate(size, [&] { device.get(data, std::span<u64>(to)); }); };
    const auto staged = [&](How how) { return rate(size, [&] { floor.upload(source, how); }); };
    const auto written = [&](How how) { return rate(size, [&] { floor.write(source, how); }); };
    const auto read = [&](How how) { return rate(size, [&] { floor.download(target, how); }); };
    const int count = pair.pairs(15);
    pair.report.add("transfer", "upload 64 MiB, against one mapped staging buffer", "GB/s",
                    interleave(count, upload, [&] { return staged(How::block); }), ratio_at_least(1 / 1.1));
    const bool native = pair.web.DevicePoll != nullptr;
    pair.report.add("transfer", "upload 64 MiB, against wgpuQueueWriteBuffer", "GB/s",
                    interleave(count, upload, [&] { return written(How::block); }),
                    ratio_at_least(native ? 3 : 1 / 1.1));
    std::fill(to.begin(), to.end(), 0);
    (void)download();
    if (to != from) throw std::runtime_error("the bytes that came back differ from those sent.");
    pair.report.add("transfer", "download 64 MiB, against one mapped staging buffer", "GB/s",
                    interleave(count, download, [&] { return read(How::block); }), ratio_at_least(1 / 1.1));
}

/// Groups of 256 invocations of 16 bytes each, as near to a square as the limit asks for.
struct CopyShape {
    u64 size_bytes;
    u32 x, y;
};
CopyShape copy_shape(const Subject& subject) {
    const u64 size = subject.cpu ? 64u << 20 : 1u << 30, groups = size / 4096;
    const u32 x = static_cast<u32>(std::min<u64>(groups, 32768));
    return {size, x, static_cast<u32>(groups / x)};
}

/// GB/s read and written by `times` copies from one buffer to another and back.
template <class Issue, class Wait>
double copy_rate(const Subject& subject, u64 size_bytes, Issue issue, Wait wait) {
    const u32 times = subject.cpu ? 4 : 30;
    return rate(2 * size_bytes * times, [&] {
        for (u32 i = 0; i < times; ++i) issue();
        wait();
    });
}

void copy(Pair& pair) {
    const CopyShape shape = copy_shape(pair);
    alkomp::Device device = pair.device;
    const alkomp::Kernel ours = device.compile(alkomp::wgsl(kCopy));
    const auto from = device.empty<u32>(shape.size_bytes / 4), to = device.empty<u32>(shape.size_bytes / 4);
    device.fill(from, 7u);
    const WGPUBuffer buffers[] = {pair.web.buffer(shape.size_bytes, kUsage), pair.web.buffer(shape.size_bytes, kUsage)};
    {
        const bare::WebKernel floor(pair.web, kCopy, buffers);
        const auto ours_rate = [&] {
            return copy_rate(
                pair, shape.size_bytes, [&] { device.call(ours, alkomp::groups(shape.x, shape.y), from, to); },
                [&] { device.wait(); });
        };
        const auto bare_rate = [&] {
            return copy_rate(
                pair, shape.size_bytes, [&] { floor.call(1, shape.x, shape.y); }, [&] { pair.web.finish(); });
        };
        pair.report.add("copy", std::to_string(shape.size_bytes >> 20) + " MiB, 16-byte accesses", "GB/s",
                        interleave(pair.pairs(21), ours_rate, bare_rate), ratio_at_least(1 / 1.1));
    }
    for (WGPUBuffer buffer : buffers) {
        pair.web.BufferDestroy(buffer);
        pair.web.BufferRelease(buffer);
    }
}

/// The same device by way of alkomp's Vulkan backend.
alkomp::Device on_vulkan(const alkomp::Device& device) { return alkomp::Device("vulkan:" + device.info().name); }

void vulkan_dispatch(Subject& subject, const alkomp::Device& other) {
    constexpr u32 calls = 1000;
    const auto batch = [](alkomp::Device device) {
        return [device, tiny = device.compile(alkomp::spirv(bare::kernels::tiny)),
                data = device.zeros<u32>(64)](u32 count) mutable {
            const double start = bare::now();
            for (u32 i = 0; i < count; ++i) device.call(tiny, alkomp::groups(1), data, i);
            device.wait();
            return (bare::now() - start) / count * 1e6;
        };
    };
    auto ours = batch(subject.device), theirs = batch(other);
    subject.report.add("vulkan", "dependent dispatch, one of 1000, against alkomp on Vulkan", "us",
                       interleave(
                           subject.pairs(15), [&] { return settled([&] { return ours(calls); }, 3); },
                           [&] { return settled([&] { return theirs(calls); }, 3); }));
    subject.report.add("vulkan", "tiny call and wait, against alkomp on Vulkan", "us",
                       interleave(
                           subject.pairs(15), [&] { return settled([&] { return ours(1); }); },
                           [&] { return settled([&] { return theirs(1); }); }));
}

void vulkan_copy(Subject& subject, const alkomp::Device& other) {
    const CopyShape shape = copy_shape(subject);
    const auto copies = [&](alkomp::Device device) {
        alkomp::KernelOptions options;
        options.constants["per_invocation"] = u64{1};
        const auto from = device.empty<u32>(shape.size_bytes / 4), to = device.empty<u32>(shape.size_bytes / 4);
        device.fill(from, 7u);
        return [&subject, shape, device, from, to,
                copy = device.compile(alkomp::spirv(bare::kernels::copy), options)]() mutable {
            return copy_rate(
                subject, shape.size_bytes,
                [&] {
                    device.call(copy, alkomp::groups(shape.x, shape.y), from, to,
                                static_cast<u32>(shape.size_bytes / 16));
                },
                [&] { device.wait(); });
        };
    };
    auto ours = copies(subject.device), theirs = copies(other);
    subject.report.add("vulkan", "copy kernel, 16-byte accesses, against alkomp on Vulkan", "GB/s",
                       interleave(
                           subject.pairs(15), [&] { return settled([&] { return ours(); }, 3); },
                           [&] { return settled([&] { return theirs(); }, 3); }),
                       subject.goal({}, ratio_at_least(0.97)));
}

void vulkan_upload(Subject& subject, const alkomp::Device& other) {
    const u64 size = subject.cpu ? 64u << 20 : 256u << 20;
    const std::vector<u64> from(size / sizeof(u64), 3);
    const auto uploads = [&](alkomp::Device device) {
        return [&from, size, device, data = device.empty<u64>(from.size())]() mutable {
            return rate(size, [&] {
                device.write(data, from);
                device.wait();
            });
        };
    };
    auto ours = uploads(subject.device), theirs = uploads(other);
    subject.report.add("vulkan", "upload " + std::to_string(size >> 20) + " MiB, against alkomp on Vulkan", "GB/s",
                       interleave(
                           subject.pairs(9), [&] { return settled([&] { return ours(); }, 3); },
                           [&] { return settled([&] { return theirs(); }, 3); }));
}

struct Figure {
    const char* name;
    void (*against_bare)(Pair&);
    void (*alone)(Subject&);  ///< needs no bare device
};

void vulkan(Subject& subject) {
    const alkomp::Device other = on_vulkan(subject.device);
    vulkan_dispatch(subject, other);
    vulkan_copy(subject, other);
    vulkan_upload(subject, other);
}

constexpr Figure kFigures[] = {{"dispatch", dispatch, nullptr}, {"wait", wait, nullptr},
                               {"transfer", transfer, nullptr}, {"copy", copy, nullptr},
                               {"kernels", nullptr, kernels},   {"vulkan", nullptr, vulkan}};

struct Settings {
    std::vector<std::string> figures;
    std::string device = "webgpu", json;
    int scale = 1;
    int times = 0;  ///< 0: six on a CPU, one on a GPU
};

void run(const Figure& figure, const Settings& settings, Report& report) {
    try {
        const alkomp::Device device(settings.device);
        const bool cpu = device.info().kind == alkomp::DeviceKind::cpu;
        Subject subject{device, report, cpu, settings.scale};
        if (figure.alone != nullptr) return figure.alone(subject);
        Pair pair{subject, {alkomp::native::webgpu(device).library, device.info().name}};
        figure.against_bare(pair);
    } catch (const std::exception& error) {
        report.fail(figure.name, error.what());
    }
}

int run(const Settings& settings) {
    const alkomp::DeviceInfo info = alkomp::Device(settings.device).info();
    std::cout << "device: " << info.name << ", " << info.driver << ", " << info.backend << '\n';
    Report report;
    const int times = settings.times > 0 ? settings.times : info.kind == alkomp::DeviceKind::cpu ? 6 : 1;
    for (const Figure& figure : kFigures) {
        const std::vector<std::string>& wanted = settings.figures;
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), figure.name) == wanted.end()) continue;
        for (int i = 0; i < times; ++i) run(figure, settings, report);
    }
    std::cout << '\n' << report.table("the other");
    if (!settings.json.empty() && !(std::ofstream(settings.json) << report.json(info.name, info.driver) << '\n'))
        throw std::runtime_error("cannot write " + settings.json + ".");
    return report.all_met() ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    bench::Settings settings;
    CLI::App app(
        "Measures alkomp on a WebGPU device, in interleaved pairs: against a bare webgpu.h program on the same library "
        "(dispatch, wait, transfer, copy), hand-written WGSL (kernels), and alkomp on Vulkan (vulkan). Exit status 1: "
        "a goal is not met.");
    std::vector<std::string> names;
    for (const bench::Figure& figure : bench::kFigures) names.emplace_back(figure.name);
    app.add_option("figures", settings.figures, "which; all if none is named")->check(CLI::IsMember(names));
    app.add_option("--device", settings.device, "as alkomp::Device takes it; the first WebGPU device if not given");
    app.add_option("--json", settings.json, "write the rows to this file as well");
    app.add_option("--times", settings.times, "how often each figure is taken, with new devices (a CPU: 6, a GPU: 1)")
        ->check(CLI::Range(1, 100));
    app.add_option("--scale", settings.scale, "multiplies the number of pairs")->check(CLI::Range(1, 100));
    CLI11_PARSE(app, count, arguments);
    try {
        return bench::run(settings);
    } catch (const std::exception& error) {
        std::cerr << "bench_webgpu: " << error.what() << '\n';
        return 1;
    }
}
