// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions of C++ kernels against those of the host.
#include "support/device_test.h"

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

namespace alkomp::testing {
namespace {

ALKOMP_MODULE_SUITE(LangMath);

/// A function of the device on each number.
template <class To, class From, class F>
std::vector<To> mapped(Device& gpu, const std::vector<From>& numbers, const F& f) {
    const auto from = gpu.to_device(numbers);
    const auto to = gpu.zeros<To>(numbers.size());
    gpu.call(kernel("mapped", [&](In<From> in, Out<To> out) { out[global_id()] = f(in[global_id()]); }), from, to);
    return gpu.get(to);
}

constexpr f32 kInfinite = std::numeric_limits<f32>::infinity(), kNan = std::numeric_limits<f32>::quiet_NaN();

TEST_P(LangMath, functions_of_one_float_are_as_near_as_vulkan_wants_them) {
    struct Function {
        const char* name;
        std::function<Val<f32>(Val<f32>)> device;
        double (*host)(double);
        std::vector<f32> at;
    };
    const std::vector<f32> all{-3.5f, -1.0f, -0.25f, 0.0f, 0.3f, 0.5f, 1.0f, 2.5f, 3.0f, 10.0f};
    const std::vector<f32> positive{0.001f, 0.3f, 0.5f, 1.0f, 2.5f, 10.0f, 1000.0f};
    const std::vector<f32> unit{-1.0f, -0.5f, 0.0f, 0.25f, 0.9f, 1.0f};
    const Function functions[]{
        {"floor", [](auto x) { return floor(x); }, [](double x) { return std::floor(x); }, all},
        {"ceil", [](auto x) { return ceil(x); }, [](double x) { return std::ceil(x); }, all},
        {"trunc", [](auto x) { return trunc(x); }, [](double x) { return std::trunc(x); }, all},
        {"round", [](auto x) { return round(x); }, [](double x) { return std::round(x); }, all},
        {"rint", [](auto x) { return rint(x); }, [](double x) { return std::rint(x); }, all},
        {"fract", [](auto x) { return fract(x); }, [](double x) { return x - std::floor(x); }, all},
        {"abs", [](auto x) { return abs(x); }, [](double x) { return std::abs(x); }, all},
        {"sign", [](auto x) { return sign(x); }, [](double x) { return x > 0   ? 1.0
                                                                       : x < 0 ? -1.0
                                                                               : 0.0; }, all},
        {"sqrt", [](auto x) { return sqrt(x); }, [](double x) { return std::sqrt(x); }, positive},
        {"rsqrt", [](auto x) { return rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); }, positive},
        {"exp", [](auto x) { return exp(x); }, [](double x) { return std::exp(x); }, all},
        {"exp2", [](auto x) { return exp2(x); }, [](double x) { return std::exp2(x); }, all},
        {"log", [](auto x) { return log(x); }, [](double x) { return std::log(x); }, positive},
        {"log2", [](auto x) { return log2(x); }, [](double x) { return std::log2(x); }, positive},
        {"log10", [](auto x) { return log10(x); }, [](double x) { return std::log10(x); }, positive},
        {"sin", [](auto x) { return sin(x); }, [](double x) { return std::sin(x); }, all},
        {"cos", [](auto x) { return cos(x); }, [](double x) { return std::cos(x); }, all},
        {"tan", [](auto x) { return tan(x); }, [](double x) { return std::tan(x); }, unit},
        {"asin", [](auto x) { return asin(x); }, [](double x) { return std::asin(x); }, unit},
        {"acos", [](auto x) { return acos(x); }, [](double x) { return std::acos(x); }, unit},
        {"atan", [](auto x) { return atan(x); }, [](double x) { return std::atan(x); }, all},
        {"sinh", [](auto x) { return sinh(x); }, [](double x) { return std::sinh(x); }, unit},
        {"cosh", [](auto x) { return cosh(x); }, [](double x) { return std::cosh(x); }, unit},
        {"tanh", [](auto x) { return tanh(x); }, [](double x) { return std::tanh(x); }, all},
        {"asinh", [](auto x) { return asinh(x); }, [](double x) { return std::asinh(x); }, all},
        {"acosh", [](auto x) { return acosh(x); }, [](double x) { return std::acosh(x); }, {1.0f, 2.0f, 10.0f}},
        {"atanh", [](auto x) { return atanh(x); }, [](double x) { return std::atanh(x); }, {-0.5f, 0.0f, 0.9f}},
        {"degrees", [](auto x) { return degrees(x); }, [](double x) { return x * 180 / std::numbers::pi; }, all},
        {"radians", [](auto x) { return radians(x); }, [](double x) { return x / 180 * std::numbers::pi; }, all},
    };
    for (const Function& function : functions) {
        const std::vector<f32> result = mapped<f32>(gpu, function.at, function.device);
        for (std::size_t i = 0; i < result.size(); ++i) {
            const double wanted = function.host(double{function.at[i]});
            EXPECT_NEAR(result[i], wanted, 5e-4 * std::max(1.0, std::abs(wanted)))  // SwiftShader's asin is 3e-4 off
                << function.name << '(' << function.at[i] << ')';
        }
    }
}

TEST_P(LangMath, rounding_takes_halves_away_from_zero_or_to_the_even_number) {
    const std::vector<f32> numbers{-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 0.49999997f, 8388609.0f};
    const std::vector<f32> away = mapped<f32>(gpu, numbers, [](const Val<f32>& x) { return round(x); });
    EXPECT_EQ(away, (std::vector<f32>{-3, -2, -1, 1, 2, 3, 0, 8388609}));
    const std::vector<f32> even = mapped<f32>(gpu, numbers, [](const Val<f32>& x) { return rint(x); });
    EXPECT_EQ(even, (std::vector<f32>{-2, -2, -0.0f, 0, 2, 2, 0, 8388609}));
}

TEST_P(LangMath, functions_of_several_numbers_take_constants_of_the_host) {
    const std::vector<f32> numbers{0.5f, 2.0f, 3.0f};
    const auto check = [&](auto&& device, auto&& host) {
        const std::vector<f32> result = mapped<f32>(gpu, numbers, device);
        for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_NEAR(result[i], host(numbers[i]), 1e-4f) << numbers[i];
    };
    check([](const Val<f32>& x) { return min(x, 1); }, [](f32 x) { return std::min(x, 1.0f); });
    check([](const Val<f32>& x) { return max(1.0f, x); }, [](f32 x) { return std::max(x, 1.0f); });
    check([](const Val<f32>& x) { return clamp(x, 1, 2.5); }, [](f32 x) { return std::clamp(x, 1.0f, 2.5f); });
    check([](const Val<f32>& x) { return pow(x, 3); }, [](f32 x) { return std::pow(x, 3.0f); });
    check([](const Val<f32>& x) { return atan2(x, -2); }, [](f32 x) { return std::atan2(x, -2.0f); });
    check([](const Val<f32>& x) { return fmod(x, 1.5); }, [](f32 x) { return std::fmod(x, 1.5f); });
    check([](const Val<f32>& x) { return fma(x, 2, x); }, [](f32 x) { return 3 * x; });
    check([](const Val<f32>& x) { return lerp(1, 3, x); }, [](f32 x) { return 1 + 2 * x; });
    check([](const Val<f32>& x) { return step(2, x); }, [](f32 x) { return x < 2 ? 0.0f : 1.0f; });
    check([](const Val<f32>& x) { return smoothstep(0, 4, x); },
          [](f32 x) { return x / 4 * (x / 4) * (3 - 2 * (x / 4)); });
    check([](const Val<f32>& x) { return ldexp(x, 5); }, [](f32 x) { return std::ldexp(x, 5); });
    check(
        [](const Val<f32>& x) {
            const auto [fraction, exponent] = frexp(x);
            return fraction * 100 + Val<f32>(exponent);
        },
        [](f32 x) {
            int exponent = 0;
            const f32 fraction = std::frexp(x, &exponent);
            return fraction * 100 + static_cast<f32>(exponent);
        });
    check(
        [](const Val<f32>& x) {
            const auto [fraction, whole] = modf(x);
            return fraction + 10 * whole;
        },
        [](f32 x) { return x - std::trunc(x) + 10 * std::trunc(x); });
}

TEST_P(LangMath, nan_and_infinity_are_told) {
    const std::vector<f32> numbers{1.0f, kInfinite, -kInfinite, kNan};
    EXPECT_EQ((mapped<u32>(gpu, numbers,
                           [](const Val<f32>& x) {
                               return Val<u32>(isnan(x)) + Val<u32>(isinf(x)) * 10u + Val<u32>(isfinite(x)) * 100u;
                           })),
              (std::vector<u32>{100, 10, 10, 1}));
    EXPECT_EQ((mapped<f32>(gpu, numbers, [](const Val<f32>& x) { return fmin(fmax(x, -5), 7); })),
              (std::vector<f32>{1, 7, -5, -5}));
}

TEST_P(LangMath, functions_of_bits_are_those_of_the_host) {
    const std::vector<u32> numbers{0, 1, 2, 3, 0x80, 0x12345678, 0x7fffffff, 0x80000000, 0xffffffff};
    const auto check = [&](const char* name, auto&& device, auto&& host) {
        const std::vector<u32> result = mapped<u32>(gpu, numbers, device);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            EXPECT_EQ(result[i], static_cast<u32>(host(numbers[i]))) << name << '(' << numbers[i] << ')';
    };
    using V = const Val<u32>&;
    check(
        "popcount", [](V x) { return popcount(x); }, [](u32 x) { return std::popcount(x); });
    check(
        "countl_zero", [](V x) { return countl_zero(x); }, [](u32 x) { return std::countl_zero(x); });
    check(
        "countr_zero", [](V x) { return countr_zero(x); }, [](u32 x) { return std::countr_zero(x); });
    check(
        "countl_one", [](V x) { return countl_one(x); }, [](u32 x) { return std::countl_one(x); });
    check(
        "countr_one", [](V x) { return countr_one(x); }, [](u32 x) { return std::countr_one(x); });
    check(
        "bit_width", [](V x) { return bit_width(x); }, [](u32 x) { return std::bit_width(x); });
    check(
        "bit_floor", [](V x) { return bit_floor(x); }, [](u32 x) { return std::bit_floor(x); });
    check(
        "bit_ceil", [](V x) { return bit_ceil(x & 0x7fffffffu); },
        [](u32 x) { return (x & 0x7fffffff) > 0x40000000 ? 0x80000000 : std::bit_ceil(x & 0x7fffffff); });
    check(
        "has_single_bit", [](V x) { return Val<u32>(has_single_bit(x)); },
        [](u32 x) { return std::has_single_bit(x); });
    check(
        "rotl", [](V x) { return rotl(x, 5); }, [](u32 x) { return std::rotl(x, 5); });
    check(
        "rotl by 0", [](V x) { return rotl(x, x - x); }, [](u32 x) { return x; });
    check(
        "rotr", [](V x) { return rotr(x, 7u); }, [](u32 x) { return std::rotr(x, 7); });
    check(
        "mul_high", [](V x) { return mul_high(x, 0x10001u); }, [](u32 x) { return u64{x} * 0x10001 >> 32; });
    check(
        "extract_bits", [](V x) { return extract_bits(x, 4, 9); }, [](u32 x) { return x >> 4 & 0x1ff; });
    check(
        "insert_bits", [](V x) { return insert_bits(x, 5u, 8, 4); }, [](u32 x) { return (x & ~0xf00u) | 0x500u; });
    check(
        "reverse_bits", [](V x) { return reverse_bits(reverse_bits(x)); }, [](u32 x) { return x; });
    check(
        "bit_cast", [](V x) { return bit_cast<u32>(bit_cast<f32>(x & 0x3fffffffu)); },
        [](u32 x) { return x & 0x3fffffff; });
    check(
        "add_carry",
        [](V x) {
            const auto [sum, carry] = add_carry(x, 1u);
            return sum + carry * 1000u;
        },
        [](u32 x) { return x + 1 + (x == 0xffffffff ? 1000 : 0); });
    check(
        "sub_borrow",
        [](V x) {
            const auto [difference, borrow] = sub_borrow(x, 1u);
            return difference + borrow * 1000u;
        },
        [](u32 x) { return x - 1 + (x == 0 ? 1000 : 0); });
    check(
        "pack", [](V x) { return pack_unorm4x8(unpack_unorm4x8(x)); }, [](u32 x) { return x; });
    check(
        "half", [](V x) { return pack_half2x16(unpack_half2x16(x & 0x3fff3fffu)); },
        [](u32 x) { return x & 0x3fff3fff; });
}

TEST_P(LangMath, vectors_are_measured_and_mirrored) {
    const std::vector<f32x3> numbers{{1, 2, 3}, {0, 3, 4}};
    const auto near = [&](auto&& device, std::vector<f32x3> wanted) {
        const std::vector<f32x3> result = mapped<f32x3>(gpu, numbers, device);
        for (std::size_t i = 0; i < result.size(); ++i)
            for (std::size_t lane = 0; lane < 3; ++lane) EXPECT_NEAR(result[i][lane], wanted[i][lane], 1e-4) << i;
    };
    using V = const Val<f32x3>&;
    near([](V v) { return cross(v, f32x3{0, 0, 1}); }, {{2, -1, 0}, {3, 0, 0}});
    near([](V v) { return normalize(v) * length(v); }, numbers);
    near(
        [](V v) {
            return vec(dot(v, v), distance(v, f32x3{0, 3, 0}), length(v));
        },
        {{14, std::sqrt(11.0f), std::sqrt(14.0f)}, {25, 4, 5}});
    near([](V v) { return reflect(v, f32x3{0, 1, 0}); }, {{1, -2, 3}, {0, -3, 4}});
    near([](V v) { return refract(v, f32x3{0, 1, 0}, 0); }, {{0, -1, 0}, {0, -1, 0}});
    near([](V v) { return face_forward(f32x3{1, 0, 0}, v, f32x3{0, 0, 1}); }, {{-1, 0, 0}, {-1, 0, 0}});
}

TEST_P(LangMath, precise_keeps_a_product_and_a_sum_apart) {
    // x * x - 1 is 0 when the product is rounded, and 2^-24 squared when it is
    // fused.
    const f32 x = 1.0f + 0x1p-12f;
    const std::vector<f32> result = mapped<f32>(
        gpu, std::vector<f32>{x}, [](const Val<f32>& v) { return precise([&] { return v * v - (1.0f + 0x1p-11f); }); });
    EXPECT_EQ(result[0], 0.0f);
}

}  // namespace
}  // namespace alkomp::testing
