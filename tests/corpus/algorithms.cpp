// SPDX-License-Identifier: MIT OR Apache-2.0
// The results of the theme "algorithms".
#include "corpus/expectations.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

namespace alkomp::testing {
namespace {

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

std::vector<u64> layer_norm(const KernelFile& file) {
    const std::vector<f32> x = input<f32>(file, "x");
    std::vector<u64> y;
    for (std::size_t row = 0; row < x.size(); row += 64) {
        f64 mean = 0, variance = 0;
        for (std::size_t k = row; k < row + 64; ++k) mean += static_cast<f64>(x[k]) / 64;
        for (std::size_t k = row; k < row + 64; ++k) variance += std::pow(static_cast<f64>(x[k]) - mean, 2) / 64;
        for (std::size_t k = row; k < row + 64; ++k)
            y.push_back(
                std::bit_cast<u32>(static_cast<f32>((static_cast<f64>(x[k]) - mean) / std::sqrt(variance + 1e-5))));
    }
    return y;
}

std::vector<u64> dot_q8(const KernelFile& file) {
    constexpr std::size_t block_bytes = 34;
    const std::vector<u8> blocks = input<u8>(file, "blocks");
    const std::vector<f32> x = input<f32>(file, "x");
    std::vector<u64> y;
    for (std::size_t row = 0; row < 8; ++row) {
        f64 sum = 0;
        for (std::size_t column = 0; column < 128; ++column) {
            const u8* block = &blocks[block_bytes * (4 * row + column / 32)];
            const f64 scale = block[0] % 2 == 0 ? 0.5 : 0.25;
            sum += scale * static_cast<i8>(block[2 + column % 32]) * static_cast<f64>(x[column]);
        }
        y.push_back(std::bit_cast<u32>(static_cast<f32>(sum)));
    }
    return y;
}

std::vector<u64> convolution(const KernelFile& file) {
    const std::vector<f32> image = input<f32>(file, "image"), weights = input<f32>(file, "weights");
    std::vector<u64> out;
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 16; ++x) {
            f32 sum = 0;
            for (int k = 0; k < 9; ++k) {
                const int row = y + k / 3 - 1, column = x + k % 3 - 1;
                if (row < 0 || row > 15 || column < 0 || column > 15) continue;
                sum += weights[static_cast<std::size_t>(k)] * image[static_cast<std::size_t>(16 * row + column)];
            }
            out.push_back(std::bit_cast<u32>(sum));
        }
    return out;
}

std::vector<u64> life(const KernelFile& file) {
    std::vector<u32> cells = input<u32>(file, "cells");
    for (int step = 0; step < 7; ++step) {
        std::vector<u32> next;
        for (u32 y = 0; y < 16; ++y)
            for (u32 x = 0; x < 16; ++x) {
                u32 around = 0;
                for (const u32 row : {y + 15, y, y + 1})
                    for (const u32 column : {x + 15, x, x + 1}) around += cells[row % 16 * 16 + column % 16];
                const u32 self = cells[16 * y + x];
                next.push_back(around - self == 3 || (around - self == 2 && self == 1) ? 1 : 0);
            }
        cells = next;
    }
    return bits(cells);
}

std::vector<u64> random_numbers(const KernelFile&) {
    constexpr u32 seed = 20250817;
    std::vector<u64> out;
    for (u32 i = 0; i < 64; ++i) {
        u32 state = seed + i;
        for (int k = 0; k < 3; ++k) state = state * 747796405 + 2891336453;
        const u32 word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737;
        u32 x = (seed + i) | 1;
        for (int k = 0; k < 5; ++k) {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
        }
        u32 low = i, high = 7, key = seed;
        for (int k = 0; k < 7; ++k, key += 0x9e3779b9) {
            const u64 product = u64{low} * 0xd256d193;
            low = static_cast<u32>(product >> 32) ^ key ^ high;
            high = static_cast<u32>(product);
        }
        out.insert(out.end(), {(word >> 22) ^ word, x, low});
    }
    return out;
}

std::vector<u64> mandelbrot(const KernelFile&) {
    std::vector<u64> steps;
    for (i64 row = 0; row < 16; ++row)
        for (i64 column = 0; column < 16; ++column) {
            const i64 cx = column * 12288 - 131072, cy = row * 10240 - 81920;
            i64 x = 0, y = 0;
            u64 n = 0;
            for (; n < 100; ++n) {
                const i64 xx = (x * x) >> 16, yy = (y * y) >> 16;
                if (xx + yy > 262144) break;
                y = ((x * y) >> 15) + cy;
                x = xx - yy + cx;
            }
            steps.push_back(n);
        }
    return steps;
}

std::vector<u64> levenshtein(const KernelFile& file) {
    const std::vector<u32> texts = input<u32>(file, "texts");
    std::vector<u64> out;
    for (std::size_t pair = 0; pair < 8; ++pair) {
        const u32 *a = &texts[16 * pair], *b = a + 8;
        const std::function<u64(u32, u32)> distance = [&](u32 i, u32 j) -> u64 {
            static std::map<std::pair<u32, u32>, u64> known;
            if (i == 8 && j == 8) known.clear();
            if (i == 0 || j == 0) return i + j;
            if (const auto found = known.find({i, j}); found != known.end()) return found->second;
            const u64 changed = distance(i - 1, j - 1) + (a[i - 1] != b[j - 1] ? 1 : 0);
            return known[{i, j}] = std::min(changed, 1 + std::min(distance(i - 1, j), distance(i, j - 1)));
        };
        out.push_back(distance(8, 8));
    }
    return out;
}

std::vector<u64> components(const KernelFile& file) {
    const std::vector<u32> edges = input<u32>(file, "edges");
    std::vector<u32> label(64);
    std::iota(label.begin(), label.end(), 0);
    for (int round = 0; round < 64; ++round)
        for (std::size_t e = 0; e < edges.size(); e += 2)
            label[edges[e]] = label[edges[e + 1]] = std::min(label[edges[e]], label[edges[e + 1]]);
    return bits(label);
}

std::vector<u64> segmented_sums(const KernelFile& file) {
    std::vector<u32> sums = input<u32>(file, "values");
    const std::vector<u32> flags = input<u32>(file, "flags");
    for (std::size_t i = 1; i < sums.size(); ++i)
        if (flags[i] != 0) sums[i] += sums[i - 1];
    return bits(sums);
}

std::vector<u64> largest_eight(const KernelFile& file) {
    std::vector<u32> values = input<u32>(file, "values");
    std::sort(values.begin(), values.end(), std::greater<>());
    values.resize(8);
    return bits(values);
}

std::vector<u64> word_states(const KernelFile& file) {
    constexpr u64 next[2][3] = {{1, 2, 0}, {0, 0, 2}};
    std::vector<u64> states;
    u64 state = 0;
    for (const u32 word : input<u32>(file, "text")) {
        for (u32 k = 0; k < 32; ++k) state = next[word >> k & 1][state];
        states.push_back(state);
    }
    return states;
}

}  // namespace

const Expectations& algorithms() {
    static const Expectations all{
        {"components", components},
        {"convolution", convolution},
        {"dot_q8", dot_q8},
        {"histogram", histogram},
        {"inclusive_sums", inclusive_sums},
        {"largest_eight", largest_eight},
        {"layer_norm", layer_norm},
        {"levenshtein", levenshtein},
        {"life", life},
        {"mandelbrot", mandelbrot},
        {"matrix_product", matrix_product},
        {"random_numbers", random_numbers},
        {"segmented_sums", segmented_sums},
        {"sorted", sorted},
        {"word_states", word_states},
    };
    return all;
}

}  // namespace alkomp::testing
