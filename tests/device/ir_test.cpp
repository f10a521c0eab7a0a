// SPDX-License-Identifier: MIT OR Apache-2.0
// What IR computes with numbers on each device, against the exact rules of ir/module.h.
#include "device/ir_kernels.h"

#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(IrNumbers);

template <class T>
std::string name_of() {
    return std::string(to_string(dtype_of<T>().scalar));
}

/// Numbers at whose edges results differ.
template <class T>
std::vector<T> edges() {
    using L = std::numeric_limits<T>;
    const auto last = static_cast<T>(L::max() - 1);
    std::vector<T> all{T{0}, T{1}, T{2}, T{3}, T{7}, T{10}, T{31}, T{100}, L::min(), L::max(), last};
    all.push_back(static_cast<T>(L::min() + 1));
    all.push_back(static_cast<T>(T{0} - T{1}));
    all.push_back(static_cast<T>(T{0} - T{3}));
    all.push_back(static_cast<T>(0x5a5a5a5a5a5a5a5a));
    all.push_back(static_cast<T>(T{1} << (8 * sizeof(T) / 2)));
    return all;
}

template <class A, class B>
struct Pairs {
    std::vector<A> a;
    std::vector<B> b;
};
template <class A, class B = u32>
Pairs<A, B> all_pairs(const std::vector<A>& as, const std::vector<std::type_identity_t<B>>& bs) {
    Pairs<A, B> pairs;
    for (const A a : as)
        for (const B b : bs) {
            pairs.a.push_back(a);
            pairs.b.push_back(b);
        }
    return pairs;
}

/// Calls `test` with a number of each integer type that the device has.
template <class F>
void for_integers(const Device& device, F&& test) {
    const auto one = [&]<class T>(T number) {
        if (!has_type(device, dtype_of<T>().scalar)) return;
        SCOPED_TRACE(name_of<T>());
        test(number);
    };
    one(i8{});
    one(u8{});
    one(i16{});
    one(u16{});
    one(i32{});
    one(u32{});
    one(i64{});
    one(u64{});
}

template <class R, class A, class B, class F>
void expect_computed(Device& device, const std::string& body, const Pairs<A, B>& pairs, F&& wanted) {
    SCOPED_TRACE(body);
    const std::vector<R> results = compute<R>(device, body, pairs.a, pairs.b);
    for (std::size_t i = 0; i < results.size(); ++i)
        ASSERT_EQ(+results[i], +static_cast<R>(wanted(pairs.a[i], pairs.b[i])))
            << "of " << +pairs.a[i] << " and " << +pairs.b[i];
}

// The same in unsigned numbers of 64 bits, where nothing overflows.
template <class T>
T wrapped(u64 value) {
    return static_cast<T>(value);
}

template <class T>
T divided(T a, T b) {
    if (b == 0) return 0;
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return wrapped<T>(0 - static_cast<u64>(a));
    return static_cast<T>(a / b);
}
template <class T>
T rest(T a, T b) {
    if (b == 0) return a;
    return wrapped<T>(static_cast<u64>(a) - static_cast<u64>(divided(a, b)) * static_cast<u64>(b));
}
template <class T>
T modulus(T a, T b) {
    const T r = rest(a, b);
    return b != 0 && r != 0 && (r < 0) != (b < 0) ? static_cast<T>(r + b) : r;
}

TEST_P(IrNumbers, sums_differences_products_and_negations_wrap) {
    for_integers(gpu, [&]<class T>(T) {
        const Pairs<T, T> pairs = all_pairs<T, T>(edges<T>(), edges<T>());
        const std::string t = name_of<T>();
        const auto wide = [](T x) { return static_cast<u64>(x); };
        expect_computed<T>(gpu, "    %r: " + t + " = add %a, %b\n", pairs,
                           [&](T a, T b) { return wrapped<T>(wide(a) + wide(b)); });
        expect_computed<T>(gpu, "    %r: " + t + " = sub %a, %b\n", pairs,
                           [&](T a, T b) { return wrapped<T>(wide(a) - wide(b)); });
        expect_computed<T>(gpu, "    %r: " + t + " = mul %a, %b\n", pairs,
                           [&](T a, T b) { return wrapped<T>(wide(a) * wide(b)); });
        expect_computed<T>(gpu, "    %r: " + t + " = neg %a\n", pairs, [&](T a, T) { return wrapped<T>(0 - wide(a)); });
    });
}

TEST_P(IrNumbers, division_is_defined_for_every_divisor) {
    for_integers(gpu, [&]<class T>(T) {
        const Pairs<T, T> pairs = all_pairs<T, T>(edges<T>(), edges<T>());
        const std::string t = name_of<T>();
        expect_computed<T>(gpu, "    %r: " + t + " = div %a, %b\n", pairs, divided<T>);
        expect_computed<T>(gpu, "    %r: " + t + " = rem %a, %b\n", pairs, rest<T>);
        expect_computed<T>(gpu, "    %r: " + t + " = mod %a, %b\n", pairs, modulus<T>);
    });
}

TEST_P(IrNumbers, division_by_constants_is_the_same) {
    const Pairs<i32, i32> pairs = all_pairs<i32, i32>(edges<i32>(), {0});
    for (const i32 divisor : {0, 1, -1, 3, -3, 10, std::numeric_limits<i32>::min()}) {
        const std::string by = " %a, i32(" + std::to_string(divisor) + ")\n";
        expect_computed<i32>(gpu, "    %r: i32 = div" + by, pairs, [&](i32 a, i32) { return divided(a, divisor); });
        expect_computed<i32>(gpu, "    %r: i32 = rem" + by, pairs, [&](i32 a, i32) { return rest(a, divisor); });
        expect_computed<i32>(gpu, "    %r: i32 = mod" + by, pairs, [&](i32 a, i32) { return modulus(a, divisor); });
    }
}

TEST_P(IrNumbers, vectors_divide_lane_by_lane) {
    const Pairs<i32, i32> pairs = all_pairs<i32, i32>(edges<i32>(), edges<i32>());
    for (u32 lane = 0; lane < 3; ++lane)
        expect_computed<i32>(gpu,
                             "    %x: i32x3 = compose %a, i32(7), %b\n    %y: i32x3 = compose %b, i32(0), %a\n"
                             "    %q: i32x3 = mod %x, %y\n    %r: i32 = extract(" +
                                 std::to_string(lane) + ") %q\n",
                             pairs, [&](i32 a, i32 b) {
                                 return lane == 0 ? modulus(a, b) : lane == 1 ? 7 : modulus(b, a);
                             });
}

TEST_P(IrNumbers, shift_counts_are_taken_modulo_the_bits) {
    for_integers(gpu, [&]<class T>(T) {
        const Pairs<T, u32> pairs = all_pairs(edges<T>(), {0u, 1u, 5u, 7u, 8u, 15u, 16u, 31u, 32u, 33u, 63u, 64u, ~0u});
        constexpr u32 bits = 8 * sizeof(T);
        const std::string t = name_of<T>();
        expect_computed<T>(gpu, "    %r: " + t + " = shl %a, %b\n", pairs,
                           [&](T a, u32 b) { return wrapped<T>(static_cast<u64>(a) << (b % bits)); });
        expect_computed<T>(gpu, "    %r: " + t + " = shr %a, %b\n", pairs,
                           [&](T a, u32 b) { return static_cast<T>(a >> (b % bits)); });
        expect_computed<T>(gpu, "    %r: " + t + " = shl %a, " + std::to_string(bits + 3) + "\n", pairs,
                           [&](T a, u32) { return wrapped<T>(static_cast<u64>(a) << 3); });
    });
}

TEST_P(IrNumbers, shift_counts_of_vectors_may_be_known_in_part) {
    expect_computed<u32>(gpu,
                         "    %counts: u32x2 = compose 33, %b\n    %both: u32x2 = compose %a, %a\n"
                         "    %s: u32x2 = shl %both, %counts\n    %x: u32 = extract(0) %s\n"
                         "    %y: u32 = extract(1) %s\n    %r: u32 = bit_xor %x, %y\n",
                         all_pairs(edges<u32>(), std::vector<u32>{0, 5, 31, 32, 40, ~0u}),
                         [](u32 a, u32 b) { return (a << 1) ^ (a << (b & 31)); });
}

TEST_P(IrNumbers, bits_are_counted_found_and_reversed) {
    for_integers(gpu, [&]<class T>(T) {
        using U = std::make_unsigned_t<T>;
        constexpr int bits = 8 * sizeof(T);
        const Pairs<T, u32> pairs = all_pairs(edges<T>(), {0u});
        const std::string t = name_of<T>();
        expect_computed<T>(gpu, "    %r: " + t + " = count_ones %a\n", pairs,
                           [](T a, u32) { return static_cast<T>(std::popcount(static_cast<U>(a))); });
        expect_computed<T>(gpu, "    %r: " + t + " = find_lsb %a\n", pairs, [](T a, u32) {
            return a == 0 ? static_cast<T>(-1) : static_cast<T>(std::countr_zero(static_cast<U>(a)));
        });
        expect_computed<T>(gpu, "    %r: " + t + " = find_msb %a\n", pairs, [](T a, u32) {
            // Of a negative number the highest zero.
            const auto value = static_cast<U>(a < 0 ? ~a : a);
            return static_cast<T>(bits - 1 - std::countl_zero(value));
        });
        expect_computed<T>(gpu, "    %r: " + t + " = reverse_bits %a\n", pairs, [](T a, u32) {
            u64 turned = 0;
            for (int i = 0; i < bits; ++i) turned |= (static_cast<u64>(a) >> i & 1) << (bits - 1 - i);
            return wrapped<T>(turned);
        });
    });
}

template <class T>
T field(T value, u32 offset, u32 count) {
    constexpr u32 bits = 8 * sizeof(T);
    offset = std::min(offset, bits);
    count = std::min(count, bits - offset);
    if (count == 0) return 0;
    const auto raised = static_cast<T>(static_cast<u64>(value) << (bits - offset - count));
    return static_cast<T>(raised >> (bits - count));
}
template <class T>
T inserted(T into, T value, u32 offset, u32 count) {
    constexpr u32 bits = 8 * sizeof(T);
    offset = std::min(offset, bits);
    count = std::min(count, bits - offset);
    if (count == 0) return into;
    const u64 mask = (~u64{0} >> (64 - count)) << offset;
    return wrapped<T>((static_cast<u64>(into) & ~mask) | (static_cast<u64>(value) << offset & mask));
}

TEST_P(IrNumbers, bit_fields_stay_inside_the_number) {
    for_integers(gpu, [&]<class T>(T) {
        const std::vector<u32> places{0, 1, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, ~0u};
        const std::string t = name_of<T>();
        for (const u32 count : {0u, 1u, 5u, 8u, 16u, 31u, 32u, 64u, ~0u}) {
            const Pairs<T, u32> pairs = all_pairs(edges<T>(), places);
            // The count is no constant here: it comes from the offset, which is.
            const std::string dynamic =
                "    %z: u32 = bit_and %b, 0\n    %c: u32 = add %z, " + std::to_string(count) + "\n";
            expect_computed<T>(gpu, dynamic + "    %r: " + t + " = extract_bits %a, %b, %c\n", pairs,
                               [&](T a, u32 b) { return field(a, b, count); });
            expect_computed<T>(
                gpu, dynamic + "    %n: " + t + " = bit_not %a\n    %r: " + t + " = insert_bits %a, %n, %b, %c\n",
                pairs, [&](T a, u32 b) { return inserted(a, static_cast<T>(~a), b, count); });
        }
        const Pairs<T, u32> pairs = all_pairs(edges<T>(), {5u});
        for (const auto& at : {std::pair(2u, 4u), std::pair(4u, 100u), std::pair(200u, 3u)}) {
            const u32 offset = at.first, count = at.second;
            const std::string by = std::to_string(offset) + ", " + std::to_string(count) + "\n";
            expect_computed<T>(gpu, "    %r: " + t + " = extract_bits %a, " + by, pairs,
                               [&](T a, u32) { return field(a, offset, count); });
            expect_computed<T>(gpu, "    %n: " + t + " = bit_not %a\n    %r: " + t + " = insert_bits %a, %n, " + by,
                               pairs, [&](T a, u32) { return inserted(a, static_cast<T>(~a), offset, count); });
        }
    });
}

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;  // NOLINT: `using` takes no __extension__

template <class T>
T upper_half(T a, T b) {
    constexpr u32 bits = 8 * sizeof(T);
    if constexpr (std::is_signed_v<T>) return static_cast<T>(static_cast<i128>(a) * b >> bits);
    else return static_cast<T>(static_cast<u128>(a) * b >> bits);
}

TEST_P(IrNumbers, products_have_both_halves_and_sums_their_carry) {
    for_integers(gpu, [&]<class T>(T) {
        using U = std::make_unsigned_t<T>;
        const Pairs<T, T> pairs = all_pairs<T, T>(edges<T>(), edges<T>());
        const std::string t = name_of<T>(), two = "    %l: " + t + ", %h: " + t + " = ";
        expect_computed<T>(gpu, "    %r: " + t + " = mul_high %a, %b\n", pairs, upper_half<T>);
        expect_computed<T>(gpu, two + "mul_wide %a, %b\n    %r: " + t + " = bit_xor %l, %h\n", pairs, [](T a, T b) {
            return wrapped<T>((static_cast<u64>(a) * static_cast<u64>(b)) ^ static_cast<u64>(upper_half(a, b)));
        });
        expect_computed<T>(gpu, two + "add_carry %a, %b\n    %r: " + t + " = add %l, %h\n", pairs, [](T a, T b) {
            const auto sum = static_cast<U>(static_cast<U>(a) + static_cast<U>(b));
            return wrapped<T>(u64{sum} + (sum < static_cast<U>(a) ? 1 : 0));
        });
        expect_computed<T>(gpu, two + "sub_borrow %a, %b\n    %r: " + t + " = add %l, %h\n", pairs, [](T a, T b) {
            return wrapped<T>(static_cast<u64>(a) - static_cast<u64>(b) +
                              (static_cast<U>(a) < static_cast<U>(b) ? 1 : 0));
        });
    });
}

TEST_P(IrNumbers, the_least_the_greatest_and_the_sign) {
    for_integers(gpu, [&]<class T>(T) {
        const Pairs<T, T> pairs = all_pairs<T, T>(edges<T>(), edges<T>());
        const std::string t = name_of<T>();
        expect_computed<T>(gpu, "    %r: " + t + " = min %a, %b\n", pairs, [](T a, T b) { return std::min(a, b); });
        expect_computed<T>(gpu, "    %r: " + t + " = max %a, %b\n", pairs, [](T a, T b) { return std::max(a, b); });
        expect_computed<T>(gpu, "    %r: " + t + " = abs %a\n", pairs,
                           [](T a, T) { return a < 0 ? wrapped<T>(0 - static_cast<u64>(a)) : a; });
        expect_computed<T>(gpu, "    %r: " + t + " = sign %a\n", pairs, [](T a, T) {
            return static_cast<T>(a > 0 ? 1 : a < 0 ? -1 : 0);
        });
        expect_computed<T>(gpu, "    %r: " + t + " = clamp %a, " + t + "(3), " + t + "(90)\n", pairs,
                           [](T a, T) { return std::clamp(a, T{3}, T{90}); });
        for (const auto& [op, holds] : {std::pair<const char*, bool (*)(T, T)>("lt", [](T a, T b) { return a < b; }),
                                        {"le", [](T a, T b) { return a <= b; }},
                                        {"gt", [](T a, T b) { return a > b; }},
                                        {"ge", [](T a, T b) { return a >= b; }},
                                        {"eq", [](T a, T b) { return a == b; }},
                                        {"ne", [](T a, T b) { return a != b; }}})
            expect_computed<T>(gpu, std::string("    %c: bool = ") + op + " %a, %b\n    %r: " + t + " = convert %c\n",
                               pairs, [&, holds = holds](T a, T b) { return static_cast<T>(holds(a, b)); });
    });
}

TEST_P(IrNumbers, integers_convert_by_their_low_bits_or_their_sign) {
    for_integers(gpu, [&]<class A>(A) {
        const Pairs<A, u32> pairs = all_pairs(edges<A>(), {0u});
        for_integers(gpu, [&]<class R>(R) {
            expect_computed<R>(gpu, "    %r: " + name_of<R>() + " = convert %a\n", pairs,
                               [](A a, u32) { return static_cast<R>(a); });
        });
    });
}

template <class R, class F>
R saturated(F value) {
    if (std::isnan(value)) return 0;
    const double whole = std::trunc(static_cast<double>(value));
    // Powers of two, so that the bounds are exact.
    if (whole >= std::ldexp(1.0, std::numeric_limits<R>::digits)) return std::numeric_limits<R>::max();
    if (whole <= static_cast<double>(std::numeric_limits<R>::min())) return std::numeric_limits<R>::min();
    return static_cast<R>(whole);
}

template <class F>
std::vector<F> float_edges() {
    using L = std::numeric_limits<F>;
    std::vector<F> all{F(0), F(-0.0), F(0.5), F(-0.5), F(0.999), F(1.5), F(-1.5), F(2.5), F(100.75), F(-100.75)};
    for (const int power : {7, 8, 15, 16, 31, 32, 63, 64}) {
        const F bound = std::ldexp(F(1), power);
        for (const F x : {bound, std::nextafter(bound, F(0)), std::nextafter(bound, L::infinity()), bound - 1})
            all.insert(all.end(), {x, -x});
    }
    all.insert(all.end(), {L::max(), L::lowest(), L::infinity(), -L::infinity(), L::quiet_NaN(), -L::quiet_NaN()});
    return all;
}

TEST_P(IrNumbers, floats_convert_to_integers_saturated_and_nan_to_0) {
    const auto test = [&]<class F>(F) {
        if (!has_type(gpu, dtype_of<F>().scalar)) return;
        const Pairs<F, u32> pairs = all_pairs(float_edges<F>(), {0u});
        for_integers(gpu, [&]<class R>(R) {
            expect_computed<R>(gpu, "    %r: " + name_of<R>() + " = convert %a\n", pairs,
                               [](F a, u32) { return saturated<R>(a); });
        });
    };
    test(f32{});
    if (has_type(gpu, Scalar::i64)) test(f64{});
}

TEST_P(IrNumbers, halves_convert_to_integers_as_well) {
    if (!has_type(gpu, Scalar::f16)) GTEST_SKIP() << "no f16";
    std::vector<f16> values;
    for (u32 bits = 0; bits < 0x10000; bits += 97) values.push_back(std::bit_cast<f16>(static_cast<u16>(bits)));
    for (const u32 bits : {0x7c00u, 0xfc00u, 0x7bffu, 0xfbffu, 0x7e00u, 0xfe00u, 0x5bf8u, 0x77ffu, 0xf800u})
        values.push_back(std::bit_cast<f16>(static_cast<u16>(bits)));
    const std::vector<u32> none(values.size());
    for_integers(gpu, [&]<class R>(R) {
        const std::vector<R> results = compute<R>(gpu, "    %r: " + name_of<R>() + " = convert %a\n", values, none);
        for (std::size_t i = 0; i < values.size(); ++i) {
            ASSERT_EQ(+results[i], +saturated<R>(static_cast<float>(values[i]))) << std::hex << values[i].bits;
        }
    });
}

TEST_P(IrNumbers, integers_convert_to_the_nearest_float) {
    for_integers(gpu, [&]<class A>(A) {
        std::vector<A> values;
        // Exact in f32, so that rounding does not matter.
        for (const A a : edges<A>())
            if (static_cast<i128>(static_cast<float>(a)) == static_cast<i128>(a)) values.push_back(a);
        const Pairs<A, u32> pairs = all_pairs(values, {0u});
        expect_computed<f32>(gpu, "    %r: f32 = convert %a\n", pairs, [](A a, u32) { return static_cast<f32>(a); });
    });
}

TEST_P(IrNumbers, comparisons_of_floats_know_nan) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    const std::vector<float> values{0.0f, -0.0f, 1.0f, -1.0f, inf, -inf, nan};
    const Pairs<f32, f32> pairs = all_pairs<f32, f32>(values, values);
    for (const auto& [op, holds] :
         {std::pair<const char*, bool (*)(float, float)>("lt", [](float a, float b) { return a < b; }),
          {"le", [](float a, float b) { return a <= b; }},
          {"gt", [](float a, float b) { return a > b; }},
          {"ge", [](float a, float b) { return a >= b; }},
          {"eq", [](float a, float b) { return a == b; }},
          {"ne", [](float a, float b) { return a != b; }}})
        expect_computed<u32>(gpu, std::string("    %c: bool = ") + op + " %a, %b\n    %r: u32 = convert %c\n", pairs,
                             [holds = holds](float a, float b) { return u32{holds(a, b)}; });
    expect_computed<u32>(gpu, "    %c: bool = is_nan %a\n    %r: u32 = convert %c\n", pairs,
                         [](float a, float) { return u32{std::isnan(a)}; });
    expect_computed<u32>(gpu, "    %c: bool = is_inf %a\n    %r: u32 = convert %c\n", pairs,
                         [](float a, float) { return u32{std::isinf(a)}; });
}

TEST_P(IrNumbers, dot_products_of_integers_keep_the_low_bits) {
    const Pairs<u32, u32> pairs = all_pairs(edges<u32>(), edges<u32>());
    const auto dot = [](u32 a, u32 b, bool a_signed, bool b_signed) {
        i32 sum = 0;
        for (u32 i = 0; i < 32; i += 8) {
            const auto part = [&](u32 x, bool is_signed) {
                return is_signed ? i32{static_cast<i8>(x >> i)} : static_cast<i32>(x >> i & 0xff);
            };
            sum += part(a, a_signed) * part(b, b_signed);
        }
        return sum;
    };
    for (const bool a_signed : {false, true})
        for (const bool b_signed : {false, true})
            expect_computed<i32>(gpu,
                                 std::string("    %r: i32 = dot_packed(") + (a_signed ? "1" : "0") + ", " +
                                     (b_signed ? "1" : "0") + ") %a, %b\n",
                                 pairs, [&](u32 a, u32 b) { return dot(a, b, a_signed, b_signed); });
    expect_computed<u32>(gpu,
                         "    %x: u32x2 = compose %a, %b\n    %y: u32x2 = compose %b, %b\n"
                         "    %r: u32 = dot_integer %x, %y\n",
                         pairs, [](u32 a, u32 b) { return a * b + b * b; });
    if (!has_type(gpu, Scalar::i8)) return;
    expect_computed<i32>(gpu,
                         "    %x: i8x4 = bitcast %a\n    %y: u8x4 = bitcast %b\n    %r: i32 = dot_integer %y, %x\n",
                         pairs, [&](u32 a, u32 b) { return dot(a, b, true, false); });
}

TEST_P(IrNumbers, a_lane_outside_is_some_lane) {
    const std::vector<u32> places{0, 1, 2, 3, 4, 100, ~0u};
    const std::vector<u32> none(places.size());
    const std::vector<u32> lanes =
        compute<u32>(gpu, "    %v: u32x4 = compose 10, 20, 30, 40\n    %r: u32 = extract_lane %v, %a\n", places, none);
    const std::vector<u32> changed = compute<u32>(gpu,
                                                  "    %v: u32x4 = compose 1, 1, 1, 1\n"
                                                  "    %w: u32x4 = insert_lane %v, 5, %a\n"
                                                  "    %r: u32 = dot_integer %w, %v\n",
                                                  places, none);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i] < 4) {
            EXPECT_EQ(lanes[i], 10 * (places[i] + 1));
        } else {
            EXPECT_TRUE(lanes[i] % 10 == 0 && lanes[i] >= 10 && lanes[i] <= 40) << lanes[i];
        }
        EXPECT_EQ(changed[i], 8u);
    }
}

TEST_P(IrNumbers, lanes_come_from_vectors_of_two_lengths) {
    const std::string vectors =
        "    %two: u32x2 = compose %a, %b\n    %sum: u32 = add %a, %b\n    %three: u32x3 = compose %b, %sum, %a\n"
        "    %weights: u32x4 = compose 1, 10, 100, 1000\n";
    const auto shuffled = [&](const std::string& op, auto&& wanted) {
        expect_computed<u32>(gpu, vectors + "    %s: u32x4 = " + op + "\n    %r: u32 = dot_integer %s, %weights\n",
                             all_pairs(std::vector<u32>{1, 2}, std::vector<u32>{3, 5}), wanted);
    };
    shuffled("shuffle(4, 2, 3, 4) %two, %three", [](u32 a, u32 b) { return a + 10 * b + 100 * (a + b) + 1000 * a; });
    shuffled("shuffle(3, 4, 4, 3) %three, %two", [](u32 a, u32 b) { return a + 10 * b + 100 * b + 1000 * a; });
    shuffled("shuffle(1, 4, 0, 2) %two, %three", [](u32 a, u32 b) { return b + 10 * a + 100 * a + 1000 * b; });
}

TEST_P(IrNumbers, booleans_are_combined_and_chosen_by) {
    const Pairs<u32, u32> pairs = all_pairs(std::vector<u32>{0, 1}, std::vector<u32>{0, 1});
    const std::string truths = "    %x: bool = ne %a, 0\n    %y: bool = ne %b, 0\n";
    const auto combined = [&](const std::string& op, auto&& holds) {
        expect_computed<u32>(gpu, truths + "    %c: bool = " + op + "\n    %r: u32 = select %c, 7, 9\n", pairs,
                             [&](u32 a, u32 b) { return holds(a != 0, b != 0) ? 7u : 9u; });
    };
    combined("bit_and %x, %y", [](bool a, bool b) { return a && b; });
    combined("bit_or %x, %y", [](bool a, bool b) { return a || b; });
    combined("bit_xor %x, %y", [](bool a, bool b) { return a != b; });
    combined("bit_not %x", [](bool a, bool) { return !a; });
    combined("eq %x, %y", [](bool a, bool b) { return a == b; });
    combined("ne %x, %y", [](bool a, bool b) { return a != b; });
    combined("any_lane %x", [](bool a, bool) { return a; });
    combined("all_lanes %y", [](bool, bool b) { return b; });
}

TEST_P(IrNumbers, brain_floats_compute_as_if_in_f32) {
    if (!has_type(gpu, Scalar::bf16)) GTEST_SKIP() << "no bf16";
    std::vector<bf16> values;
    for (const float x : {0.0f, 1.0f, -2.5f, 3.140625f, 1e10f, -0.001f, 255.0f}) values.push_back(bf16(x));
    const Pairs<bf16, bf16> pairs = all_pairs<bf16, bf16>(values, values);
    const std::vector<bf16> sums = compute<bf16>(gpu, "    %r: bf16 = add %a, %b\n", pairs.a, pairs.b);
    const std::vector<i32> whole = compute<i32>(gpu, "    %r: i32 = convert %a\n", pairs.a, pairs.b);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const auto a = static_cast<float>(pairs.a[i]), b = static_cast<float>(pairs.b[i]);
        EXPECT_EQ(sums[i].bits, bf16(a + b).bits) << a << " + " << b;
        EXPECT_EQ(whole[i], saturated<i32>(a)) << a;
    }
}

}  // namespace
}  // namespace alkomp::testing
