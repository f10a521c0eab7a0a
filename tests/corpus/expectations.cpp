// SPDX-License-Identifier: MIT OR Apache-2.0
#include "corpus/expectations.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

namespace alkomp::testing {
namespace {

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

std::vector<u64> transposed_by_eight(const KernelFile& file) {
    const std::vector<u32> values = input<u32>(file, "a");
    std::vector<u32> out;
    for (std::size_t i = 0; i < values.size(); ++i) out.push_back(values[i % 8 * 8 + i / 8]);
    return bits(out);
}

std::vector<u64> fibonacci(const KernelFile& file) {
    std::vector<u32> out;
    for (const u32 n : input<u32>(file, "n")) {
        u32 a = 0, b = 1;
        for (u32 k = 0; k < n; ++k) b = std::exchange(a, b) + b;
        out.push_back(a);
    }
    return bits(out);
}

std::vector<u64> triangle_reversed(const KernelFile& file) {
    std::vector<u32> out = input<u32>(file, "a");
    for (u32& n : out) n = n * (n + 1) / 2;
    std::reverse(out.begin(), out.end());
    return bits(out);
}

std::vector<u64> places_in_grid(const KernelFile&) {
    std::vector<u64> places;
    for (u64 group = 0; group < 6; ++group)
        for (u64 at = 0; at < 30; ++at) {
            const u64 x = at % 5, y = at / 5 % 2, z = at / 10;
            places.insert(places.end(),
                          {x + 10 * y + 100 * z, group % 2 * 5 + x + 100 * (group / 2 * 2 + y) + 10000 * z, 132, 325});
        }
    return places;
}

std::vector<u64> smoothed(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a");
    std::vector<u32> out;
    for (std::size_t i = 0; i < a.size(); ++i)
        out.push_back(a[i == 0 ? 0 : i - 1] + 2 * a[i] + a[std::min(i + 1, a.size() - 1)]);
    return bits(out);
}

/// By Laplace's formula along the first column of those that are left.
f64 determinant(const f32* columns, std::vector<u32> rows, u32 column) {
    if (rows.empty()) return 1;
    f64 sum = 0, sign = 1;
    for (std::size_t r = 0; r < rows.size(); ++r, sign = -sign) {
        std::vector<u32> others = rows;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(r));
        sum += sign * static_cast<f64>(columns[4 * column + rows[r]]) * determinant(columns, others, column + 1);
    }
    return sum;
}
std::vector<u64> determinants(const KernelFile& file) {
    const std::vector<f32> a = input<f32>(file, "a");
    std::vector<u64> out;
    for (std::size_t m = 0; m < a.size(); m += 16)
        for (const std::vector<u32>& rows : {std::vector<u32>{0, 1}, {0, 1, 2}, {0, 1, 2, 3}})
            out.push_back(std::bit_cast<u32>(static_cast<f32>(determinant(&a[m], rows, 0))));
    return out;
}

/// The same four results in 8 and in 16 bits: U unsigned, S signed.
template <class U, class S>
std::vector<u64> narrow_arithmetic(const KernelFile& file, i32 factor, i32 by, i32 rest, i32 shift, i32 left,
                                   i32 most) {
    const std::vector<U> a = input<U>(file, "a");
    const std::vector<S> b = input<S>(file, "b");
    std::vector<u64> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const i32 x = a[i], y = b[i];
        const i32 results[] = {x * factor + y, y / by - y % rest, (static_cast<U>(y >> shift) ^ (x >> 3)) | (x << left),
                               std::max(y, static_cast<i32>(static_cast<S>(-x))) - std::min(x, most)};
        for (const i32 result : results) out.push_back(static_cast<U>(result));
    }
    return out;
}
std::vector<u64> byte_arithmetic(const KernelFile& file) { return narrow_arithmetic<u8, i8>(file, 7, 3, 5, 2, 5, 100); }
std::vector<u64> short_arithmetic(const KernelFile& file) {
    return narrow_arithmetic<u16, i16>(file, 771, 30, 7, 4, 11, 1000);
}

std::vector<u64> long_arithmetic(const KernelFile& file) {
    const std::vector<u64> a = input<u64>(file, "a");
    const std::vector<i64> b = input<i64>(file, "b");
    std::vector<u64> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const u64 x = a[i], bits = static_cast<u64>(b[i]);
        const i64 y = b[i];
        out.push_back(x * 6364136223846793005u + bits);
        out.push_back(static_cast<u64>(y / 1000003 - y % 77));
        out.push_back((static_cast<u64>(y >> 40) ^ (x >> 33)) | (x << 50));
        out.push_back((y < 0 ? 0 - bits : bits) - std::min(x, u64{1000000000000}));
        out.push_back(x / (i + 3) + x % 1000000007);
    }
    return out;
}

/// Of the dividend's sign, twice, and of the divisor's; zero.
std::vector<u64> remainders(const KernelFile& file) {
    std::vector<u32> out;
    for (const i32 x : input<i32>(file, "a")) {
        const i32 y = out.size() / 4 % 2 == 1 ? 8 : -8, rest = x % y;
        const i32 modulus = rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
        out.insert(out.end(), {static_cast<u32>(rest), static_cast<u32>(rest), static_cast<u32>(modulus), 0});
    }
    return {out.begin(), out.end()};
}

std::vector<u64> word_arithmetic(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a"), b = input<u32>(file, "b");
    std::vector<u32> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const u32 y = b[i], by = (y >> 20) + 1;
        const auto x = static_cast<i32>(a[i]);
        const i64 wide = x, divisor = by;
        out.insert(out.end(), {a[i] * a[i] + y * 2654435761u, y / by, y % by, static_cast<u32>(wide / divisor),
                               static_cast<u32>((wide < 0 ? -wide : wide) % divisor),
                               static_cast<u32>(x >> (y & 31)) ^ (y << (y >> 27)),
                               0 - a[i] + ~y + static_cast<u32>((x > 0) - (x < 0)), y >> (by & 31)});
    }
    return bits(out);
}

std::vector<u64> integer_conversions(const KernelFile& file) {
    std::vector<u64> out;
    const auto wide = [](i64 value) { return static_cast<u64>(value); };
    for (const u64 x : input<u64>(file, "a")) {
        const auto byte = static_cast<i8>(x);
        out.insert(out.end(), {x & 0xff, wide(byte), wide(byte), x & 0xffff, x & 0xff, wide(static_cast<i32>(x)),
                               u64{static_cast<u16>(byte)}, u64{static_cast<u32>(static_cast<i8>(x >> 8))}});
    }
    return out;
}

i32 highest_bit(u32 x) { return 31 - std::countl_zero(x); }
i32 lowest_bit(u32 x) { return x == 0 ? -1 : std::countr_zero(x); }
std::vector<u64> bit_counts(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a");
    std::vector<u32> out;
    for (u32 i = 0; i < a.size(); ++i) {
        const u32 x = i == 0 ? 0 : i == 1 ? ~0u : a[i] >> (i & 31);
        const auto y = static_cast<u32>(static_cast<i32>(a[i]) >> (i & 31));
        u32 reversed = 0;
        for (u32 bit = 0; bit < 32; ++bit) reversed |= (x >> bit & 1) << (31 - bit);
        const bool is_negative = y >> 31 != 0;
        for (const i32 count : {std::popcount(x), static_cast<i32>(reversed), lowest_bit(x), highest_bit(x),
                                highest_bit(is_negative ? ~y : y), lowest_bit(y), std::popcount(y),
                                highest_bit(x) + static_cast<i32>(i & 31)})
            out.push_back(static_cast<u32>(count));
    }
    return bits(out);
}

std::vector<u64> bit_fields(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a");
    std::vector<u32> out;
    for (u32 i = 0; i < a.size(); ++i) {
        const u32 x = a[i], offset = i & 31, count = (i * 7 + 3) % (33 - offset);
        const auto mask = static_cast<u32>((u64{1} << count) - 1);
        const u32 field = x >> offset & mask;
        const bool is_negative = count != 0 && field >> (count - 1) != 0;
        out.insert(out.end(), {field, is_negative ? field | ~mask : field,
                               (x & ~(mask << offset)) | (0x5a5a5a5a & mask) << offset, ~x, x, ~x >> 4 & 255});
    }
    return bits(out);
}

std::vector<u64> extended_arithmetic(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a"), b = input<u32>(file, "b");
    std::vector<u64> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const u64 x = a[i], y = b[i], product = x * y;
        const auto signed_product = static_cast<u64>(i64{static_cast<i32>(a[i])} * i64{static_cast<i32>(b[i])});
        out.insert(out.end(), {(x + y) & ~0u, (x + y) >> 32, (x - y) & ~0u, u64{x < y}, product >> 32, product & ~0u,
                               signed_product >> 32, signed_product & ~0u});
    }
    return out;
}

std::vector<u64> kahan_sum(const KernelFile& file) {
    volatile f32 sum = 0, rest = 0;  // each step rounds
    for (const f32 value : input<f32>(file, "a")) {
        const volatile f32 y = value - rest;
        const volatile f32 t = sum + y;
        const volatile f32 part = t - sum;
        rest = part - y;
        sum = t;
    }
    return {std::bit_cast<u32>(static_cast<f32>(sum)), std::bit_cast<u32>(static_cast<f32>(rest))};
}

std::vector<u64> atomic_totals(const KernelFile& file) {
    u32 sum = 0, least = ~0u, most = 0, all = ~0u, any = 0, odd = 0;
    for (const u32 x : input<u32>(file, "a")) {
        sum += x;
        least = std::min(least, x);
        most = std::max(most, x);
        all &= x | 0xff00ff;
        any |= x & 0xff00ff;
        odd ^= x;
    }
    return {sum, least, most, all, any, odd, 1234, 99};
}

std::vector<u64> float_totals(const KernelFile& file) {
    const std::vector<f32> a = input<f32>(file, "a");
    const f32 sum = std::accumulate(a.begin(), a.end(), 0.0f);
    return {std::bit_cast<u32>(sum), std::bit_cast<u32>(2 * sum)};
}
std::vector<u64> largest_float(const KernelFile& file) {
    const std::vector<f32> a = input<f32>(file, "a");
    return {std::bit_cast<u32>(*std::max_element(a.begin(), a.end()))};
}
std::vector<u64> total(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a");
    return {std::accumulate(a.begin(), a.end(), u32{0})};
}

std::vector<u64> sums_of_128(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a");
    std::vector<u32> sums(a.size() / 128);
    for (std::size_t i = 0; i < a.size(); ++i) sums[i / 128] += a[i];
    return bits(sums);
}
std::vector<u64> count_of_multiples(const KernelFile& file) {
    u32 count = 0, sum = 0;
    for (const u32 x : input<u32>(file, "a"))
        if (x % 3 == 0) {
            ++count;
            sum += x;
        }
    return {count, sum};
}

std::vector<u64> packed_dots(const KernelFile& file) {
    const std::vector<u32> a = input<u32>(file, "a"), b = input<u32>(file, "b");
    std::vector<u64> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        i64 both_signed = 0, both_unsigned = 0, mixed = 0;
        for (u32 shift = 0; shift < 32; shift += 8) {
            const auto x = static_cast<u8>(a[i] >> shift), y = static_cast<u8>(b[i] >> shift);
            both_signed += static_cast<i8>(x) * static_cast<i8>(y);
            both_unsigned += x * y;
            mixed += static_cast<i8>(x) * y;
        }
        constexpr i64 least = std::numeric_limits<i32>::min(), most = std::numeric_limits<i32>::max();
        for (const i64 sum : {both_signed, both_unsigned, mixed, std::min(both_signed + 2147483600, most),
                              std::min(both_unsigned + 4294960000, i64{~u32{0}}), std::max(mixed - 2147483600, least)})
            out.push_back(static_cast<u32>(sum));
    }
    return out;
}

std::vector<u64> fibonacci_mod(const KernelFile& file) {
    std::vector<u32> out;
    for (const u32 n : input<u32>(file, "a")) {
        u32 x = 0, y = 1;
        for (u32 k = 0; k < n && x != 7777777; ++k) {
            x = std::exchange(y, x + y);
            if (y > 1000000) x = 7777777;
        }
        out.push_back(x);
    }
    return bits(out);
}

std::vector<u64> triangles(const KernelFile& file) {
    std::vector<u32> out = input<u32>(file, "a");
    for (u32& n : out) n = n * (n + 1) / 2;
    return bits(out);
}

std::vector<u64> workgroup_places(const KernelFile&) {
    std::vector<u64> places;
    for (u64 group = 0; group < 3; ++group)
        for (u64 y = 0; y < 4; ++y)
            for (u64 x = 0; x < 8; ++x) places.push_back(1000 * group + 100 * y + x);
    return places;
}

}  // namespace

const Expectations& features() {
    static const Expectations all{
        {"atomic_totals", atomic_totals},
        {"bit_counts", bit_counts},
        {"bit_fields", bit_fields},
        {"byte_arithmetic", byte_arithmetic},
        {"collatz", collatz},
        {"count_of_multiples", count_of_multiples},
        {"determinants", determinants},
        {"extended_arithmetic", extended_arithmetic},
        {"fibonacci", fibonacci},
        {"fibonacci_mod", fibonacci_mod},
        {"float_totals", float_totals},
        {"inout_parameters", inout_parameters},
        {"integer_conversions", integer_conversions},
        {"kahan_sum", kahan_sum},
        {"largest_float", largest_float},
        {"long_arithmetic", long_arithmetic},
        {"packed_dots", packed_dots},
        {"places_in_grid", places_in_grid},
        {"remainders", remainders},
        {"reversed_by_twelve", reversed_by_twelve},
        {"short_arithmetic", short_arithmetic},
        {"smoothed", smoothed},
        {"sorted_by_four", sorted_by_four},
        {"sums_of_128", sums_of_128},
        {"total", total},
        {"transposed_by_eight", transposed_by_eight},
        {"triangle_reversed", triangle_reversed},
        {"triangles", triangles},
        {"word_arithmetic", word_arithmetic},
        {"workgroup_places", workgroup_places},
    };
    return all;
}

std::vector<u64> computed(const std::string& function, const KernelFile& file) {
    for (const Expectations* all : {&algorithms(), &features()})
        if (const auto found = all->find(function); found != all->end()) return found->second(file);
    throw std::runtime_error(file.path.string() + ": there is no function " + function + '.');
}

}  // namespace alkomp::testing
