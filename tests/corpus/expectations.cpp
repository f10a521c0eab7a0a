// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/expectations.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <numeric>
#include <stdexcept>

namespace alkomp::testing {
namespace {

/// A buffer before the call, as numbers.
template <class T>
std::vector<T> input(const KernelFile& file, std::string_view name) {
    for (const CorpusBuffer& buffer : file.buffers) {
        if (buffer.name != name) continue;
        const std::vector<std::byte> bytes = filled(file, buffer);
        std::vector<T> values(bytes.size() / sizeof(T));
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
        return values;
    }
    throw std::runtime_error(file.path.string() + ": there is no buffer " + std::string(name) + '.');
}

std::vector<u64> bits(const std::vector<u32>& values) { return {values.begin(), values.end()}; }

std::vector<u64> sorted(const KernelFile& file) {
    std::vector<u32> keys = input<u32>(file, "keys");
    std::sort(keys.begin(), keys.end());
    return bits(keys);
}

std::vector<u64> inclusive_sums(const KernelFile& file) {
    std::vector<u32> values = input<u32>(file, "values");
    std::partial_sum(values.begin(), values.end(), values.begin());
    return bits(values);
}

std::vector<u64> collatz(const KernelFile& file) {
    std::vector<u32> numbers = input<u32>(file, "n");
    for (u32& n : numbers) {
        u32 steps = 0;
        for (u32 x = n + 1; x != 1; ++steps) x = x % 2 == 0 ? x / 2 : 3 * x + 1;
        n = steps;
    }
    return bits(numbers);
}

std::vector<u64> inout_parameters(const KernelFile& file) {
    std::vector<u32> out;
    const auto mix_up = [](i32 x, i32& y, i32& z) {
        z = x + 2 * y;
        y -= z;
        return 5 * y;
    };
    for (i32 x : input<i32>(file, "a")) {
        i32 y = 10, z = 0;
        i32 r = mix_up(x, y, z);
        r += mix_up(y, x, z);
        for (const i32 value : {r, x + y, z}) out.push_back(static_cast<u32>(value));
    }
    return bits(out);
}

/// Each group of so many changed by itself.
template <class F>
std::vector<u64> by_groups(const KernelFile& file, std::ptrdiff_t size, F&& change) {
    std::vector<u32> values = input<u32>(file, "a");
    for (auto at = values.begin(); at != values.end(); at += size) change(at, at + size);
    return bits(values);
}
std::vector<u64> sorted_by_four(const KernelFile& file) {
    return by_groups(file, 4, [](auto first, auto last) { std::sort(first, last); });
}
std::vector<u64> reversed_by_twelve(const KernelFile& file) {
    return by_groups(file, 12, [](auto first, auto last) { std::reverse(first, last); });
}

std::vector<u64> workgroup_places(const KernelFile&) {
    std::vector<u64> places;
    for (u64 group = 0; group < 3; ++group)
        for (u64 y = 0; y < 4; ++y)
            for (u64 x = 0; x < 8; ++x) places.push_back(1000 * group + 100 * y + x);
    return places;
}

std::vector<u64> histogram(const KernelFile& file) {
    std::vector<u64> counts(32);
    for (const u32 value : input<u32>(file, "values")) ++counts[value >> 27];
    return counts;
}

std::vector<u64> matrix_product(const KernelFile& file) {
    constexpr std::size_t n = 32;
    const std::vector<f32> a = input<f32>(file, "a"), b = input<f32>(file, "b");
    std::vector<u64> c;
    for (std::size_t row = 0; row < n; ++row)
        for (std::size_t column = 0; column < n; ++column) {
            f32 sum = 0;
            for (std::size_t k = 0; k < n; ++k) sum += a[row * n + k] * b[k * n + column];
            c.push_back(std::bit_cast<u32>(sum));
        }
    return c;
}

using Function = std::vector<u64> (*)(const KernelFile&);
const std::map<std::string, Function, std::less<>>& functions() {
    static const std::map<std::string, Function, std::less<>> all{
        {"collatz", collatz},
        {"histogram", histogram},
        {"inclusive_sums", inclusive_sums},
        {"inout_parameters", inout_parameters},
        {"matrix_product", matrix_product},
        {"reversed_by_twelve", reversed_by_twelve},
        {"sorted", sorted},
        {"sorted_by_four", sorted_by_four},
        {"workgroup_places", workgroup_places},
    };
    return all;
}

}  // namespace

std::vector<u64> computed(const std::string& function, const KernelFile& file) {
    const auto found = functions().find(function);
    if (found == functions().end())
        throw std::runtime_error(file.path.string() + ": there is no function " + function + '.');
    return found->second(file);
}

}  // namespace alkomp::testing
