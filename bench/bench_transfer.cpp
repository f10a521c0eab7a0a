// SPDX-License-Identifier: MIT OR Apache-2.0
// Ordinary memory to the device and back, against memcpy on a CPU device and bare staging on a GPU.
#include "bench.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

namespace bench {
namespace {

double rate(u64 bytes, double seconds) { return static_cast<double>(bytes) / seconds * 1e-9; }

std::vector<u64> noise(u64 size_bytes) {
    std::vector<u64> values(size_bytes / sizeof(u64));
    std::mt19937_64 random(1);
    for (u64& value : values) value = random();
    return values;
}

std::byte* bytes(std::vector<u64>& values) { return reinterpret_cast<std::byte*>(values.data()); }

}  // namespace

void transfer(Context& context) {
    const u64 size = context.cpu ? 64u << 20 : 1u << 30;
    std::vector<u64> from = noise(size), to(from.size(), 1);
    const auto data = context.device.empty<u64>(from.size());
    const auto upload = [&] {
        const double start = bare::now();
        context.device.write(data, from);
        context.device.wait();
        return rate(size, bare::now() - start);
    };
    const auto download = [&] {
        const double start = bare::now();
        context.device.get(data, std::span<u64>(to));
        return rate(size, bare::now() - start);
    };
    const auto memcpy_rate = [&] {
        const double start = bare::now();
        std::memcpy(to.data(), from.data(), size);
        return rate(size, bare::now() - start);
    };
    const std::string mib = std::to_string(size >> 20) + " MiB";
    const int count = context.pairs(9);
    const auto goal = context.goal(ratio_at_least(0.9), at_least(30));
    context.report.add("transfer", "upload " + mib + ", against memcpy on one thread", "GB/s",
                       interleave(count, upload, memcpy_rate), goal);
    context.report.add("transfer", "download " + mib + ", against memcpy on one thread", "GB/s",
                       interleave(count, download, memcpy_rate), goal);
    std::fill(to.begin(), to.end(), 0);
    (void)download();
    if (to != from) throw std::runtime_error("the bytes that came back differ from those sent.");

    bare::Transfer floor(context.gpu, size, std::min<u64>(size, 512u << 20));
    const u32 threads = std::clamp(std::thread::hardware_concurrency() / 2, 1u, 8u);
    const bare::TransferPlan plan{.threads = threads};
    const std::string staged = ", against bare staging, " + std::to_string(threads) + " threads, 4 MiB blocks";
    context.report.add("transfer", "upload " + mib + staged, "GB/s",
                       interleave(count, upload, [&] { return rate(size, floor.upload(plan, bytes(from))); }));
    context.report.add("transfer", "download " + mib + staged, "GB/s",
                       interleave(count, download, [&] { return rate(size, floor.download(plan, bytes(to))); }));
    context.report.add("transfer", "download " + mib + " into a new vector", "GB/s", alone(context.pairs(5), [&] {
                           const double start = bare::now();
                           const std::vector<u64> fresh = context.device.get(data);
                           return rate(size, bare::now() - start);
                       }));
    context.report.add("transfer", "upload " + mib + " into a new buffer", "GB/s", alone(context.pairs(5), [&] {
                           const double start = bare::now();
                           const auto fresh = context.device.to_device(from);
                           context.device.wait();
                           return rate(size, bare::now() - start);
                       }));
    const auto small = context.device.empty<u64>(512);
    context.report.add("transfer", "upload 4 KiB, until it returns", "us", alone(context.pairs(200), [&] {
                           const double start = bare::now();
                           context.device.write(small, {from.data(), 512});
                           return (bare::now() - start) * 1e6;
                       }));
    context.report.add("transfer", "download 4 KiB", "us", alone(context.pairs(200), [&] {
                           const double start = bare::now();
                           context.device.get(small, std::span<u64>(to.data(), 512));
                           return (bare::now() - start) * 1e6;
                       }));
}

}  // namespace bench
