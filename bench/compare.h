// SPDX-License-Identifier: MIT OR Apache-2.0
// A kernel in C++ and the same algorithm in another language: their results, and how fast they are by turns.
#pragma once

#include "bench.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct Task {
    std::string what, unit;
    double work = 0;    ///< of one call, in `unit` times a second
    u32 times = 1;      ///< calls of one sample
    double error = 0;   ///< by which results may differ, of the largest: the compilers may contract differently
    double others = 0;  ///< how many of the results may differ by more, of all
};

/// Throws unless both kernels give the same results.
template <class T>
void check(const Task& task, const std::vector<T>& ours, const std::vector<T>& theirs) {
    double largest = 0;
    for (const T& x : theirs) largest = std::max(largest, std::abs(static_cast<double>(x)));
    if (largest == 0) throw std::runtime_error(task.what + ": the results are all zero");
    u64 differ = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double apart = std::abs(static_cast<double>(ours[i]) - static_cast<double>(theirs[i]));
        if (!(apart <= task.error * largest)) ++differ;  // NaN too
    }
    if (static_cast<double>(differ) > task.others * static_cast<double>(ours.size()))
        throw std::runtime_error(task.what + ": " + std::to_string(differ) + " results differ");
}

/// One row of `figure`: whether both give the same results, then how fast they are, in `unit`, by turns. Either calls its
/// kernel once, with the same arguments; `result` is the buffer that both write.
template <class Ours, class Theirs, class Result>
void compare(Subject& subject, const Task& task, const char* figure, const std::string& what, Ours ours, Theirs theirs,
             const Result& result) {
    alkomp::Device device = subject.device;
    theirs();
    const auto expected = device.get(result);
    device.fill(result, {});
    ours();
    check(task, device.get(result), expected);
    const auto rate = [&](const auto& call) {
        const double start = bare::now();
        for (u32 i = 0; i < task.times; ++i) call();
        device.wait();
        return task.work * task.times / (bare::now() - start);
    };
    subject.report.add(figure, task.what + what, task.unit,
                       interleave(
                           subject.pairs(31), [&] { return rate(ours); }, [&] { return rate(theirs); }),
                       ratio_at_least(subject.takes_wgsl() ? 0.97 : 0.98));
}

/// From 0 to 1.
[[nodiscard]] inline std::vector<alkomp::f32> random_floats(u64 count, u32 seed = 1) {
    std::mt19937 generator(seed);
    std::vector<alkomp::f32> out(count);
    for (alkomp::f32& x : out) x = static_cast<alkomp::f32>(generator() % 65536) / 65536.0f;
    return out;
}

/// The pair of cooperative_product.cpp, where device and build can run it.
void cooperative_product(Subject& subject);

}  // namespace bench
