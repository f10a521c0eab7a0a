// SPDX-License-Identifier: MIT OR Apache-2.0
// Uses a device from several threads for a given time, in every way a program would, and watches memory.
#include <alkomp/alkomp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace alkomp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr u32 kThreads = 4;
constexpr u64 kMiB = u64{1} << 20;

const char* const kAdd = R"(#version 450
layout(local_size_x = 64) in;
layout(constant_id = 0) const uint STEP = 1;
layout(binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint count; };
void main() { uint i = gl_GlobalInvocationID.x; if (i < count) data[i] += STEP; })";

// Resident bytes of this process, as Linux counts them.
u64 resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    u64 pages = 0;
    statm >> pages >> pages;
    return pages * 4096;
}

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("soak: wrong result: ") + what);
}

bool all_are(const std::vector<u32>& values, u32 wanted) {
    return std::all_of(values.begin(), values.end(), [wanted](u32 value) { return value == wanted; });
}

void use_buffers(Device& gpu, Kernel& add, u32 count) {
    auto data = gpu.zeros<u32>(count);
    gpu.call(add, groups((count + 63) / 64), data, count);
    auto copy = gpu.empty<u32>(count);
    gpu.copy(data, copy);
    auto later = gpu.get_async(copy).then([](std::vector<u32> values) { return all_are(values, 1); });
    gpu.fill(data, 7u);
    require(all_are(gpu.get(data), 7), "fill");
    require(later.get(), "copy");
}

void use_streams(Device& gpu, Kernel& add, u32 count) {
    Stream left = gpu.create_stream();
    Stream right = gpu.create_stream();
    auto data = gpu.to_device(std::vector<u32>(count, 5));
    left.call(add, groups((count + 63) / 64), data, count);
    right.wait_event(left.event());
    right.call(add, groups((count + 63) / 64), data, count);
    require(all_are(gpu.get(data), 7), "streams");
}

void use_graph(Device& gpu, Kernel& add, u32 count) {
    auto data = gpu.zeros<u32>(count);
    Graph graph = gpu.create_graph();
    for (int i = 0; i < 4; ++i) graph.call(add, groups((count + 63) / 64), data, slot("count", count));
    graph.replay();
    graph.set("count", count / 2);
    graph.replay();
    const std::vector<u32> values = gpu.get(data);
    require(values.front() == 8 && values.back() == 4, "graph");
}

void use_errors(Device& gpu, Kernel& add) {
    try {
        gpu.call(add, groups(1), gpu.zeros<u32>(1), 1.5f);
    } catch (const Error& error) {
        require(error.code() == ErrorCode::invalid_argument, "the code of a wrong argument");
        return;
    }
    require(false, "a wrong argument was taken");
}

u64 work(Device gpu, u32 seed, Clock::time_point end) {
    std::mt19937 random(seed);
    u64 rounds = 0;
    for (; Clock::now() < end; ++rounds) {
        const u32 count = 2 + static_cast<u32>(random() % 50'000);
        Kernel add = gpu.compile(glsl(kAdd, "add"));  // from the cache but for the first time
        switch (random() % 4) {
            case 0:
                use_buffers(gpu, add, count);
                break;
            case 1:
                use_streams(gpu, add, count);
                break;
            case 2:
                use_graph(gpu, add, count);
                break;
            default:
                use_errors(gpu, add);
                break;
        }
    }
    return rounds;
}

// The first third is for warming up; after it, memory may not grow by more than noise.
bool flat(const std::vector<u64>& resident) {
    const std::size_t third = resident.size() / 3;
    if (third == 0) return true;
    const auto begin = resident.begin();
    const auto offset = static_cast<std::ptrdiff_t>(third);
    const u64 middle = *std::max_element(begin + offset, begin + 2 * offset);
    const u64 last = *std::max_element(begin + 2 * offset, resident.end());
    std::cout << "greatest resident memory, second third " << middle / kMiB << " MiB, last third " << last / kMiB
              << " MiB\n";
    return last <= middle + std::max(4 * kMiB, middle / 50);
}

int soak(int seconds) {
    Device gpu;
    std::cout << "soak: " << seconds << " s on " << gpu.info().name << '\n';
    const Clock::time_point begin = Clock::now();
    const Clock::time_point end = begin + std::chrono::seconds(seconds);
    std::atomic<u64> rounds{0};
    std::atomic<bool> failed{false};
    std::vector<std::thread> threads;
    for (u32 i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            try {
                rounds += work(gpu, i, end);
            } catch (const std::exception& error) {
                std::cerr << error.what() << '\n';
                failed = true;
            }
        });
    }
    std::vector<u64> resident;
    const auto interval = std::max(std::chrono::milliseconds(100), std::chrono::milliseconds(seconds * 1000 / 60));
    while (Clock::now() < end && !failed) {
        std::this_thread::sleep_for(interval);
        resident.push_back(resident_bytes());
        const MemoryStatistics memory = gpu.memory();
        std::cout << std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begin).count() << " s: resident "
                  << resident.back() / kMiB << " MiB, in use " << memory.in_use_bytes / kMiB << " MiB, cached "
                  << memory.cached_bytes / kMiB << " MiB" << std::endl;
    }
    for (std::thread& thread : threads) thread.join();
    std::cout << rounds << " rounds\n";
    if (failed) return 1;
    if (gpu.memory().in_use_bytes != 0) {
        std::cerr << "soak: " << gpu.memory().in_use_bytes << " bytes are still in use.\n";
        return 1;
    }
    if (seconds >= 30 && !flat(resident)) {
        std::cerr << "soak: memory grows.\n";
        return 1;
    }
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    const int seconds = count > 1 ? std::atoi(arguments[1]) : 600;
    if (seconds <= 0) {
        std::cerr << "usage: soak [SECONDS]\n";
        return 2;
    }
    try {
        return soak(seconds);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
