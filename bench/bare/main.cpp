// SPDX-License-Identifier: MIT OR Apache-2.0
// bench_bare: every floor of the bare-Vulkan library in one run.
//
//   bench_bare [--device NAME|PLACE] [--only FIGURE,...] [--transfer-mib N] [--copy-mib N] [--json FILE]
//
// It needs libvulkan.so.1 and a driver, nothing else; 2 to 3 minutes on a large GPU. Figures: record
// dispatch overlap wait graph transfer copy start. Times are medians, with the 10th and 90th percentile.
#include "child.h"
#include "figures.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string_view>
#include <thread>

namespace {

using bare::Home;
using bare::TransferPlan;

struct Row {
    std::string figure, variant, unit;
    double median = 0, low = 0, high = 0;
};
std::vector<Row> rows;

struct Settings {
    bare::Options gpu;
    std::string only, json;
    uint64_t transfer_bytes = 0, copy_bytes = 0;
};

void keep(std::string figure, std::string variant, std::string unit, std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    const auto at = [&](double q) {
        return samples[static_cast<std::size_t>(q * static_cast<double>(samples.size() - 1) + 0.5)];
    };
    rows.push_back({std::move(figure), std::move(variant), std::move(unit), at(0.5), at(0.1), at(0.9)});
    const Row& r = rows.back();
    std::printf("%-9s %-58s %10.3f %-5s [%.3f, %.3f]\n", r.figure.c_str(), r.variant.c_str(), r.median, r.unit.c_str(),
                r.low, r.high);
    std::fflush(stdout);
}

/// Samples of `f() * scale` after two that are thrown away.
std::vector<double> sample(int count, double scale, const std::function<double()>& f) {
    std::vector<double> samples;
    for (int i = -2; i < count; ++i) {
        const double value = f() * scale;
        if (i >= 0) samples.push_back(value);
    }
    return samples;
}

/// GB/s of `bytes` per sample.
std::vector<double> rates(int count, uint64_t bytes, const std::function<double()>& f) {
    std::vector<double> samples;
    for (int i = -1; i < count; ++i) {
        const double value = static_cast<double>(bytes) / f() * 1e-9;
        if (i >= 0) samples.push_back(value);
    }
    return samples;
}

/// Pages from the kernel, given back at the end.
class Pages {
public:
    Pages(uint64_t size_bytes, bool touch, bool huge = false) : size_(size_bytes) {
        void* got = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (got == MAP_FAILED) throw std::runtime_error("no host memory.");
        if (huge) madvise(got, size_, MADV_HUGEPAGE);
        data_ = static_cast<std::byte*>(got);
        if (touch)
            for (uint64_t i = 0; i < size_; i += 4096) *reinterpret_cast<uint64_t*>(data_ + i) = i ^ 0x5bd1e995u;
    }
    ~Pages() { munmap(data_, size_); }
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;
    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] bool right() const {
        for (uint64_t i = 0; i < size_; i += 4096)
            if (*reinterpret_cast<uint64_t*>(data_ + i) != (i ^ 0x5bd1e995u)) return false;
        return true;
    }

private:
    std::byte* data_ = nullptr;
    uint64_t size_;
};

void record(const bare::Gpu& gpu) {
    bare::Launch launch(gpu);
    for (const uint32_t calls : {100u, 1000u}) {
        const std::string batch = ", batch of " + std::to_string(calls);
        keep("record", "two buffers, scalar, dispatch, barrier" + batch, "us",
             sample(30, 1e6, [&] { return launch.record(calls); }));
        keep("record", "the same with begin, end, submit" + batch, "us",
             sample(30, 1e6, [&] { return launch.record_and_submit(calls); }));
    }
}

void dispatch(const bare::Gpu& gpu) {
    using Between = bare::Launch::Between;
    bare::Launch launch(gpu);
    const std::pair<Between, const char*> kinds[] = {{Between::memory_barrier, "memory barrier"},
                                                     {Between::buffer_barrier, "buffer barrier"},
                                                     {Between::nothing, "no barrier"}};
    for (const auto& [between, name] : kinds)
        keep("dispatch", std::string("one of 1000, ") + name, "us",
             sample(30, 1e6, [&, b = between] { return launch.dispatch(1000, b); }));
}

void overlap(const bare::Gpu& gpu) {
    bare::Overlap kernels(gpu, 64, 20e-6);
    keep("overlap", "one kernel of " + std::to_string(kernels.iterations()) + " rounds", "us", {kernels.one() * 1e6});
    keep("overlap", "64 without barriers", "us", sample(30, 1e6, [&] { return kernels.run(); }));
    keep("overlap", "64 with a barrier after each", "us", sample(10, 1e6, [&] { return kernels.run(true); }));
}

void wait(const bare::Gpu& gpu) {
    using How = bare::Wait::How;
    bare::Wait tiny(gpu);
    const std::pair<How, const char*> ways[] = {{How::fence_wait, "vkWaitForFences"},
                                                {How::fence_spin, "spin on vkGetFenceStatus"},
                                                {How::timeline_wait, "vkWaitSemaphores"},
                                                {How::timeline_spin, "spin on vkGetSemaphoreCounterValue"},
                                                {How::queue_idle, "vkQueueWaitIdle"},
                                                {How::word_by_kernel, "poll a word written by the kernel"},
                                                {How::word_by_fill, "poll a word written by a fill"}};
    for (const bool recorded : {false, true}) {
        const std::string before = recorded ? "resubmit, " : "record, submit, ";
        for (const auto& [how, name] : ways) {
            std::vector<double> submits;
            const auto all = sample(300, 1e6, [&, h = how] {
                const double seconds = tiny.run(h, recorded);
                submits.push_back(tiny.last_submit() * 1e6);
                return seconds;
            });
            keep("wait", before + name, "us", all);
            keep("wait", before + name + ": submit alone", "us", submits);
        }
    }
}

void graph(const bare::Gpu& gpu) {
    for (const uint32_t nodes : {1u, 10u, 100u, 1000u}) {
        bare::Replay replay(gpu, nodes);
        const std::string of = std::to_string(nodes) + " nodes: ";
        std::vector<double> submits;
        const auto each = sample(20, 1e6, [&] {
            const double seconds = replay.run(20);
            submits.push_back(replay.last_submit() * 1e6);
            return seconds / nodes;
        });
        keep("graph", of + "per node, 20 replays in a row", "us", each);
        keep("graph", of + "one replay and wait, per node", "us",
             sample(30, 1e6, [&] { return replay.run(1) / nodes; }));
        keep("graph", of + "CPU per resubmission", "us", submits);
        keep("graph", of + "CPU to record it", "us", sample(30, 1e6, [&] { return replay.record(); }));
    }
}

std::string describe(const TransferPlan& p) {
    return std::to_string(p.threads) + " threads, " + std::to_string(p.block_bytes >> 10) + " KiB, " +
           std::to_string(p.depth) + " deep" + (p.shared ? ", shared blocks" : ", own blocks") +
           (p.streaming ? ", streaming" : "") + (p.staging == Home::cached ? "" : ", uncached") +
           (p.copy_queue ? ", copy queue" : ", compute queue");
}

/// Ordinary memory on both sides of the device, and every plan that is tried with it.
class TransferBench {
public:
    TransferBench(const bare::Gpu& gpu, uint64_t size)
        : gpu_(gpu),
          size_(size),
          transfer_(gpu, size, std::min<uint64_t>(512u << 20, size)),
          from_(size, true),
          to_(size, true) {}

    void host() {
        for (const bool streaming : {false, true})
            for (const uint32_t threads : {1u, 2u, 4u, 8u, 12u, 16u})
                if (threads <= std::max(2u, std::thread::hardware_concurrency()))
                    keep(
                        "host",
                        std::string(streaming ? "streaming copy, " : "memcpy, ") + std::to_string(threads) + " threads",
                        "GB/s", rates(3, size_, [&] {
                            return bare::host_copy(to_.data(), from_.data(), size_, threads, streaming);
                        }));
    }
    void link() {
        for (const bool copy_queue : {true, false}) {
            if (copy_queue && gpu_.compute_family == gpu_.transfer_family) continue;
            for (const uint64_t mib : {1u, 4u, 16u, 64u}) {
                for (const Home staging : {Home::cached, Home::uncached}) {
                    if (!gpu_.has(staging)) continue;
                    TransferPlan plan{.copy_queue = copy_queue,
                                      .staging = staging,
                                      .block_bytes = mib << 20,
                                      .threads = 1,
                                      .depth = 4};
                    if (!transfer_.fits(plan)) continue;
                    keep("link", "staging to device, " + describe(plan), "GB/s",
                         rates(3, size_, [&] { return transfer_.link(plan, true); }));
                    keep("link", "device to staging, " + describe(plan), "GB/s",
                         rates(3, size_, [&] { return transfer_.link(plan, false); }));
                }
            }
        }
    }
    void both(const TransferPlan& plan) {
        if (!transfer_.fits(plan) || plan.threads > std::max(2u, std::thread::hardware_concurrency())) return;
        const auto up = rates(3, size_, [&] { return transfer_.upload(plan, from_.data()); });
        const auto down = rates(3, size_, [&] { return transfer_.download(plan, to_.data()); });
        keep("upload", describe(plan), "GB/s", up);
        keep("download", describe(plan), "GB/s", down);
        if (!to_.right()) throw std::runtime_error("transfer: the bytes that came back differ from those sent.");
        if (const double worse = std::min(rows[rows.size() - 2].median, rows.back().median); worse > best_rate_) {
            best_rate_ = worse;
            best_ = plan;
        }
    }
    void sweep() {
        for (const bool shared : {false, true})
            for (const uint32_t threads : {1u, 2u, 4u, 8u, 12u, 16u})
                for (const uint64_t kib : {512u, 1024u, 2048u, 4096u, 8192u, 16384u, 32768u, 65536u}) {
                    if (shared && kib < 2048) continue;
                    if (threads == 1 && (shared || (kib != 4096 && kib != 16384))) continue;
                    both({.block_bytes = kib << 10, .threads = threads, .shared = shared});
                }
        const TransferPlan best = best_;
        std::printf("          the best so far both ways: %s\n", describe(best).c_str());
        for (const uint32_t depth : {1u, 3u, 4u}) both(with(best, [&](TransferPlan& p) { p.depth = depth; }));
        both(with(best, [](TransferPlan& p) { p.streaming = true; }));
        both(with(best, [](TransferPlan& p) {
            p.streaming = true;
            p.shared = !p.shared;
        }));
        if (gpu_.compute_family != gpu_.transfer_family)
            both(with(best, [](TransferPlan& p) { p.copy_queue = false; }));
        if (gpu_.has(Home::uncached)) {
            const TransferPlan plan = with(best, [](TransferPlan& p) { p.staging = Home::uncached; });
            keep("upload", describe(plan), "GB/s",
                 rates(3, size_, [&] { return transfer_.upload(plan, from_.data()); }));
        }
        fresh();
    }
    /// Memory that nobody has touched: the page faults are in it.
    void fresh() {
        for (const bool huge : {false, true})
            for (const uint32_t threads : {best_.threads, 1u}) {
                const TransferPlan plan = with(best_, [&](TransferPlan& p) { p.threads = threads; });
                keep("download", std::string("into untouched ") + (huge ? "huge pages, " : "pages, ") + describe(plan),
                     "GB/s", rates(3, size_, [&] {
                         const Pages pages(size_, false, huge);
                         return transfer_.download(plan, pages.data());
                     }));
            }
    }
    /// The CPU stores into device memory, or loads from it, without any copy command.
    void direct() {
        if (!gpu_.has(Home::visible)) {
            std::printf("direct    the device has no memory that the CPU can map\n");
            return;
        }
        bare::Buffer visible;
        uint64_t size = size_;
        for (; size >= 16u << 20; size /= 4) {
            try {
                visible = gpu_.buffer(size, Home::visible);
                break;
            } catch (const std::exception&) {
            }
        }
        if (!visible.host) return;
        const std::string mib = std::to_string(size >> 20) + " MiB, ";
        for (const bool streaming : {false, true})
            for (const uint32_t threads : {1u, 2u, 4u, 8u, 16u})
                if (threads <= std::max(2u, std::thread::hardware_concurrency()))
                    keep("direct", mib + std::to_string(threads) + " threads store" + (streaming ? ", streaming" : ""),
                         "GB/s", rates(3, size, [&] {
                             return bare::host_copy(visible.host, from_.data(), size, threads, streaming);
                         }));
        const uint64_t part = std::min<uint64_t>(size, 16u << 20);
        for (const uint32_t threads : {1u, 4u, 16u})
            keep("direct", std::to_string(part >> 20) + " MiB, " + std::to_string(threads) + " threads load", "GB/s",
                 rates(1, part, [&] { return bare::host_copy(to_.data(), visible.host, part, threads, false); }));
        for (uint64_t bytes = 4096; bytes <= 1u << 20; bytes *= 4)
            keep("direct", std::to_string(bytes >> 10) + " KiB, 1 thread stores", "us",
                 sample(50, 1e6, [&] { return bare::host_copy(visible.host, from_.data(), bytes, 1, false); }));
        gpu_.free(visible);
    }
    /// The caller's own pages become a buffer for one copy.
    void import() {
        if (gpu_.import_alignment == 0 || size_ % gpu_.import_alignment != 0) {
            std::printf("import    the driver cannot take host memory\n");
            return;
        }
        bare::Buffer device = gpu_.buffer(size_, Home::device);
        bare::Commands commands(gpu_, gpu_.transfer_family);
        std::vector<double> pinning, unpinning;
        for (const bool up : {true, false}) {
            const auto all = rates(3, size_, [&] {
                const double start = bare::now();
                bare::Buffer pages = gpu_.import(up ? from_.data() : to_.data(), size_);
                pinning.push_back((bare::now() - start) * 1e3);
                commands.begin();
                const VkBufferCopy region{0, 0, size_};
                gpu_.vk.CmdCopyBuffer(commands.list, up ? pages.buffer : device.buffer,
                                      up ? device.buffer : pages.buffer, 1, &region);
                commands.end();
                commands.run(gpu_.transfer);
                const double end = bare::now();
                gpu_.free(pages);
                unpinning.push_back((bare::now() - end) * 1e3);
                return bare::now() - start;
            });
            keep("import",
                 up ? "upload from imported pages, import and release in it"
                    : "download into them, import and release in it",
                 "GB/s", all);
        }
        keep("import", "import alone", "ms", pinning);
        keep("import", "release alone", "ms", unpinning);
        gpu_.free(device);
    }

private:
    template <class F>
    static TransferPlan with(TransferPlan plan, F change) {
        change(plan);
        return plan;
    }
    const bare::Gpu& gpu_;
    uint64_t size_;
    bare::Transfer transfer_;
    Pages from_, to_;
    TransferPlan best_;
    double best_rate_ = 0;
};

void transfer(const bare::Gpu& gpu, uint64_t size) {
    TransferBench bench(gpu, size);
    bench.host();
    bench.link();
    bench.sweep();
    bench.direct();
    bench.import();
}

void copy(const Settings& settings, const bare::Gpu& gpu) {
    const uint64_t size = settings.copy_bytes;
    const std::vector<uint32_t> per_invocation{1, 2, 4, 8};
    const uint32_t pairs = gpu.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ? 1 : 3;
    const auto all = [&](const bare::Gpu& on, const std::string& note) {
        bare::DeviceCopy copies(on, size, pairs, per_invocation);
        const int count = pairs == 1 ? 5 : 21;
        keep("copy", "vkCmdCopyBuffer" + note, "GB/s", rates(count, 2 * size, [&] { return copies.run({}); }));
        for (uint32_t k = 0; k < per_invocation.size(); ++k)
            keep("copy", "kernel, " + std::to_string(per_invocation[k]) + " x 16 bytes per invocation" + note, "GB/s",
                 rates(count, 2 * size, [&] { return copies.run(k); }));
    };
    all(gpu, "");
    bare::Options robust = settings.gpu;
    robust.robust = true;
    const bare::Gpu other(robust);
    all(other, ", robust access");
}

void start(const Settings& settings) {
    const std::string cache =
        std::filesystem::temp_directory_path() / ("bench_bare." + std::to_string(bare::process_id()) + ".cache");
    const auto process = [&](const std::string& file) {
        return bare::run_child(bare::this_program(), {"--start", file, settings.gpu.device}).seconds;
    };
    setenv("__GL_SHADER_DISK_CACHE", "0", 1);
    setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);
    keep("start", "process, no cache", "ms", sample(10, 1e3, [&] { return process(""); }));
    keep("start", "process, pipeline cache of its own", "ms", sample(10, 1e3, [&] { return process(cache); }));
    std::filesystem::remove(cache);
    unsetenv("__GL_SHADER_DISK_CACHE");
    unsetenv("MESA_SHADER_CACHE_DISABLE");
    keep("start", "process, the driver's own cache", "ms", sample(10, 1e3, [&] { return process(""); }));
    std::vector<double> device, pipeline, run;
    for (int i = 0; i < 5; ++i) {
        const bare::Start times = bare::start(settings.gpu, "");
        device.push_back(times.device * 1e3);
        pipeline.push_back(times.pipeline * 1e3);
        run.push_back(times.run * 1e3);
    }
    keep("start", "of these, loader to device (in this process)", "ms", device);
    keep("start", "of these, the pipeline (in this process)", "ms", pipeline);
    keep("start", "of these, the first call (in this process)", "ms", run);
}

void describe(const bare::Gpu& gpu) {
    std::printf("device    %s, %s\n", gpu.properties.deviceName, gpu.driver.c_str());
    std::printf(
        "queues    compute family %u, copy family %u; timestamps of %.3f ns; import alignment %llu; %u CPU threads\n",
        gpu.compute_family, gpu.transfer_family, static_cast<double>(gpu.properties.limits.timestampPeriod),
        static_cast<unsigned long long>(gpu.import_alignment), std::thread::hardware_concurrency());
    const std::pair<VkMemoryPropertyFlags, const char*> names[] = {{VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, " device"},
                                                                   {VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, " visible"},
                                                                   {VK_MEMORY_PROPERTY_HOST_COHERENT_BIT, " coherent"},
                                                                   {VK_MEMORY_PROPERTY_HOST_CACHED_BIT, " cached"}};
    for (uint32_t i = 0; i < gpu.memory.memoryTypeCount; ++i) {
        const VkMemoryType& type = gpu.memory.memoryTypes[i];
        std::printf("memory    type %2u, heap %u of %8.1f MiB:", i, type.heapIndex,
                    static_cast<double>(gpu.memory.memoryHeaps[type.heapIndex].size) / 1048576.0);
        for (const auto& [bit, name] : names)
            if (type.propertyFlags & bit) std::printf("%s", name);
        std::printf("\n");
    }
}

void write_json(const std::string& path, const bare::Gpu& gpu) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (!file) throw std::runtime_error("cannot write " + path + ".");
    std::fprintf(file, "{\"device\": \"%s\", \"driver\": \"%s\", \"rows\": [", gpu.properties.deviceName,
                 gpu.driver.c_str());
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::fprintf(file,
                     "%s\n  {\"figure\": \"%s\", \"variant\": \"%s\", \"unit\": \"%s\", \"median\": %.9g, \"low\": "
                     "%.9g, \"high\": %.9g}",
                     i ? "," : "", rows[i].figure.c_str(), rows[i].variant.c_str(), rows[i].unit.c_str(),
                     rows[i].median, rows[i].low, rows[i].high);
    std::fprintf(file, "\n]}\n");
    std::fclose(file);
}

Settings parse(int count, char** arguments) {
    Settings settings;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = arguments[i];
        const std::string value = arguments[i + 1];
        if (name == "--device") settings.gpu.device = value;
        else if (name == "--only") settings.only = value;
        else if (name == "--json") settings.json = value;
        else if (name == "--transfer-mib") settings.transfer_bytes = std::stoull(value) << 20;
        else if (name == "--copy-mib") settings.copy_bytes = std::stoull(value) << 20;
        else throw std::runtime_error("unknown option " + std::string(name) + ".");
    }
    if (count % 2 == 0) throw std::runtime_error("every option takes a value.");
    return settings;
}

void run(Settings settings) {
    const bare::Gpu gpu(settings.gpu);
    describe(gpu);
    const bool cpu = gpu.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
    if (settings.transfer_bytes == 0) settings.transfer_bytes = cpu ? 64u << 20 : 1u << 30;
    if (settings.copy_bytes == 0) settings.copy_bytes = cpu ? 64u << 20 : 1u << 30;
    const std::pair<const char*, std::function<void()>> figures[] = {
        {"record", [&] { record(gpu); }},    {"dispatch", [&] { dispatch(gpu); }},
        {"overlap", [&] { overlap(gpu); }},  {"wait", [&] { wait(gpu); }},
        {"graph", [&] { graph(gpu); }},      {"copy", [&] { copy(settings, gpu); }},
        {"start", [&] { start(settings); }}, {"transfer", [&] { transfer(gpu, settings.transfer_bytes); }}};
    const double begin = bare::now();
    for (const auto& [name, figure] : figures) {
        if (!settings.only.empty() && settings.only.find(name) == std::string::npos) continue;
        try {
            figure();
        } catch (const std::exception& error) {
            std::printf("%-9s failed: %s\n", name, error.what());
        }
        std::printf("          %.1f s so far\n", bare::now() - begin);
    }
    if (!settings.json.empty()) write_json(settings.json, gpu);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count == 4 && std::string_view(arguments[1]) == "--start")
            (void)bare::start({arguments[3], false}, arguments[2]);
        else run(parse(count, arguments));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_bare: %s\n", error.what());
        return 1;
    }
}
