// SPDX-License-Identifier: MIT OR Apache-2.0
// bench_reference [DEVICE]: kernels in C++ on the reference device, or on another one: each the best of seven calls.
// bench_reference --check: on the reference device, plain and checked, and what memory the checks take (with glibc).
#include <alkomp/alkomp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <numeric>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace bench {
namespace {

using namespace alkomp;

constexpr u32 kTile = 16, kSide = 512;

struct Row {
    const char* what;
    double goal_s, best_s;
    double memory;  ///< of the buffers and of what the first call has kept, by that of the buffers
};
using Rows = std::vector<Row>;

/// In use, of what was allocated; 0 where that is not known.
double allocated_bytes() {
#ifdef __GLIBC__
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
#else
    return 0;
#endif
}

/// The call touches all of `buffer_bytes`.
template <class F>
void measure(Rows& rows, const char* what, double goal_s, double buffer_bytes, F&& call) {
    const double before = allocated_bytes();
    call();
    const double memory = (buffer_bytes + allocated_bytes() - before) / buffer_bytes;
    double best = 1e9;
    for (int i = 0; i < 7; ++i) {
        const auto start = std::chrono::steady_clock::now();
        call();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    rows.push_back({what, goal_s, best, memory});
}

RecordedKernel collatz(u32 workgroup_size) {
    return kernel("collatz",
                  [](In<u32> numbers, Out<u32> counts) {
                      Var<u32> n = numbers[global_id()], steps = 0u;
                      while_([&] { return n != 1u; },
                             [&] {
                                 n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                                 steps += 1u;
                             });
                      counts[global_id()] = steps;
                  },
                  {.workgroup_size = workgroup_size});
}

RecordedKernel product() {
    return kernel(
        "product",
        [](In<f32> a, In<f32> b, Out<f32> c, Shared<f32, kTile * kTile> from_a, Shared<f32, kTile * kTile> from_b) {
            const Val<u32> x = local_id(0), y = local_id(1);
            const Val<u32> column = workgroup_id(0) * kTile + x, row = workgroup_id(1) * kTile + y;
            Var<f32> sum = 0.0f;
            for_(range(kSide / kTile), [&](Var<u32> tile) {
                from_a[y * kTile + x] = a[row * kSide + tile * kTile + x];
                from_b[y * kTile + x] = b[(tile * kTile + y) * kSide + column];
                barrier();
                for_(range(kTile), [&](Var<u32> k) { sum += from_a[y * kTile + k] * from_b[k * kTile + x]; });
                barrier();
            });
            c[row * kSide + column] = sum;
        },
        {.workgroup_size = {kTile, kTile}});
}

Rows run(Device gpu) {
    Rows rows;
    std::vector<u32> numbers(u32{1} << 20);
    std::iota(numbers.begin(), numbers.end(), 1u);
    for (const u32 size : {256u, 1u}) {
        const auto from = gpu.to_device(numbers), counts = gpu.zeros<u32>(numbers.size());
        const RecordedKernel kernel = collatz(size);
        const char* const what = size == 1 ? "Collatz of 1 to 2^20, workgroups of 1" : "Collatz of 1 to 2^20";
        measure(rows, what, 1.5, 8.0 * static_cast<double>(numbers.size()), [&] {
            gpu.call(kernel, from, counts);
            gpu.wait();
        });
    }

    constexpr std::size_t kCount = std::size_t{1} << 24;
    const auto x = gpu.to_device(std::vector<f32>(kCount, 1.5f)), y = gpu.to_device(std::vector<f32>(kCount, 2.0f));
    const auto saxpy = kernel(
        "saxpy", [](In<f32> x, InOut<f32> y, Val<f32> a) { y[global_id()] = a * x[global_id()] + y[global_id()]; });
    measure(rows, "saxpy of 2^24", 0.3, 8.0 * kCount, [&] {
        gpu.call(saxpy, x, y, 0.5f);
        gpu.wait();
    });

    const auto bytes = gpu.zeros<u8>(kCount);
    const auto count = kernel("count", [](InOut<u8> data) { data[global_id()] += u8{1}; });
    measure(rows, "1 added to 2^24 bytes", 0.3, kCount, [&] {
        gpu.call(count, bytes);
        gpu.wait();
    });

    const auto a = gpu.to_device(std::vector<f32>(std::size_t{kSide} * kSide, 0.5f));
    const auto b = gpu.to_device(std::vector<f32>(std::size_t{kSide} * kSide, 0.25f));
    const auto c = gpu.zeros<f32>(std::size_t{kSide} * kSide);
    const RecordedKernel kernel = product();
    measure(rows, "tiled product 512^3 of f32", 2.5, 12.0 * kSide * kSide, [&] {
        gpu.call(kernel, groups(kSide / kTile, kSide / kTile), a, b, c);
        gpu.wait();
    });
    return rows;
}

void compare() {
    const Rows plain = run(Device("reference"));
    DeviceOptions options;
    options.check = CheckOptions{};
    Device device("reference", options);
    const Rows checked = run(device);
    for (std::size_t i = 0; i < plain.size(); ++i)
        std::printf("%-40s %8.3f s   checked %8.3f s   %5.2fx   memory %5.2fx\n", plain[i].what, plain[i].best_s,
                    checked[i].best_s, checked[i].best_s / plain[i].best_s, checked[i].memory);
    std::printf("%zu faults\n", device.faults().size());
}

void show(const char* name) {
    Device gpu{std::string_view(name)};
    std::printf("%s, %s\n", gpu.info().name.c_str(), gpu.info().driver.c_str());
    for (const Row& row : run(gpu)) std::printf("%-40s %8.3f s   goal %.1f s\n", row.what, row.best_s, row.goal_s);
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    try {
        if (count > 1 && std::string_view(arguments[1]) == "--check") bench::compare();
        else bench::show(count > 1 ? arguments[1] : "reference");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_reference: %s\n", error.what());
        return 1;
    }
}
