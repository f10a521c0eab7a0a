// SPDX-License-Identifier: MIT OR Apache-2.0
// Half-precision conversions against exact arithmetic, and the names, sizes and equality of types.
#include "alkomp/capabilities.h"
#include "alkomp/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace alkomp {
namespace {

/// The value of half bits by the definition of IEEE 754, 3.6.
double value_of_half(u16 bits) {
    const int exponent = bits >> 10 & 31;
    const int significand = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 0) return sign * std::ldexp(significand, -24);
    return sign * std::ldexp(1024 + significand, exponent - 25);
}

bool is_half_nan(u16 bits) { return (bits & 0x7fff) > 0x7c00; }

TEST(Half, every_value_survives_the_way_to_float_and_back) {
    for (u32 bits = 0; bits <= 0xffff; ++bits) {
        f16 half;
        half.bits = static_cast<u16>(bits);
        const float value = static_cast<float>(half);
        if (is_half_nan(half.bits)) {
            EXPECT_TRUE(std::isnan(value)) << bits;
            EXPECT_EQ(f16(value).bits, half.bits | 0x200) << "a NaN keeps its sign and payload and is quiet";
        } else {
            if ((bits & 0x7fff) == 0x7c00) {
                EXPECT_TRUE(std::isinf(value)) << bits;
            } else EXPECT_EQ(static_cast<double>(value), value_of_half(half.bits)) << bits;
            EXPECT_EQ(f16(value).bits, half.bits) << bits;
        }
    }
}

TEST(Half, rounds_to_the_nearest_and_ties_to_even) {
    for (u32 bits = 0; bits < 0x7bff; ++bits) {
        const double low = value_of_half(static_cast<u16>(bits));
        const double high = value_of_half(static_cast<u16>(bits + 1));
        const float middle = static_cast<float>((low + high) / 2);  // exact: halves have 11 bits
        const u16 even = static_cast<u16>((bits & 1) == 0 ? bits : bits + 1);
        EXPECT_EQ(f16(middle).bits, even) << bits;
        EXPECT_EQ(f16(std::nextafter(middle, 0.0f)).bits, bits) << bits;
        EXPECT_EQ(f16(std::nextafter(middle, 1e9f)).bits, bits + 1) << bits;
        EXPECT_EQ(f16(-middle).bits, even | 0x8000) << bits;
    }
}

TEST(Half, meets_its_limits) {
    EXPECT_EQ(f16(65504.0f).bits, 0x7bff);
    EXPECT_EQ(f16(65519.996f).bits, 0x7bff);
    EXPECT_EQ(f16(65520.0f).bits, 0x7c00) << "half way to 2^16 rounds to infinity";
    EXPECT_EQ(f16(1e30f).bits, 0x7c00);
    EXPECT_EQ(f16(-std::numeric_limits<float>::infinity()).bits, 0xfc00);
    EXPECT_EQ(f16(0x1p-25f).bits, 0) << "half of the least subnormal is a tie, and 0 is even";
    EXPECT_EQ(f16(std::nextafter(0x1p-25f, 1.0f)).bits, 1);
    EXPECT_EQ(f16(-0.0f).bits, 0x8000);
    EXPECT_EQ(f16(std::numeric_limits<float>::denorm_min()).bits, 0);
    EXPECT_TRUE(is_half_nan(f16(std::bit_cast<float>(0x7f800001u)).bits))
        << "a payload in the low bits must not turn into infinity";
}

TEST(BrainFloat, rounds_to_the_nearest_and_keeps_what_is_no_number) {
    std::mt19937 random(1);
    for (int i = 0; i < 200000; ++i) {
        const auto bits = static_cast<u32>(random());
        const float value = std::bit_cast<float>(bits);
        const bf16 brain(value);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(static_cast<float>(brain))) << bits;
            continue;
        }
        const u32 low = bits & 0xffff0000u;
        const u32 rest = bits & 0xffffu;
        const bool up = rest > 0x8000u || (rest == 0x8000u && (low & 0x10000u) != 0);
        EXPECT_EQ(brain.bits, (low >> 16) + (up ? 1 : 0)) << bits;
    }
    EXPECT_EQ(bf16(std::numeric_limits<float>::max()).bits, 0x7f80) << "rounds to infinity";
    EXPECT_EQ(bf16(-std::numeric_limits<float>::infinity()).bits, 0xff80);
    EXPECT_EQ(bf16(1.0f).bits, 0x3f80);
    EXPECT_EQ(static_cast<float>(bf16(-2.5f)), -2.5f);
}

DType matrix(Scalar scalar, u8 rows, u8 columns) {
    DType type(scalar, rows);
    type.columns = columns;
    type.size_bytes *= columns;
    return type;
}

TEST(ElementType, has_a_name_that_shows_all_of_it) {
    EXPECT_EQ(to_string(DType(Scalar::f32)), "f32");
    EXPECT_EQ(to_string(DType(Scalar::u8, 4)), "u8x4");
    EXPECT_EQ(to_string(matrix(Scalar::f32, 3, 3)), "f32x3x3");
    EXPECT_EQ(to_string(matrix(Scalar::f64, 1, 2)), "f64x1x2");
    EXPECT_EQ(to_string(DType::opaque(48)), "struct of 48 bytes");
    const DType particle = DType::structure({48,
                                             {{"position", DType(Scalar::f32, 4), 0, 1, 0},
                                              {"mass", Scalar::f32, 16, 1, 0},
                                              {"links", Scalar::u32, 20, 7, 4}}});
    EXPECT_EQ(to_string(particle), "struct{position: f32x4, mass: f32, links: u32[7]}");
    EXPECT_EQ(to_string(DType::structure({48, {{"inner", particle, 0, 1, 0}}})),
              "struct{inner: struct{position: f32x4, mass: f32, links: u32[7]}}");
    EXPECT_EQ(to_string(DType(Scalar::boolean)), "bool");
}

TEST(ElementType, knows_its_size) {
    EXPECT_EQ(DType(Scalar::f64, 3).size_bytes, 24u);
    EXPECT_EQ(DType(Scalar::bf16, 2).size_bytes, 4u);
    EXPECT_EQ(DType::opaque(12).size_bytes, 12u);
    EXPECT_EQ(size_bytes(Scalar::record), 0u);
    EXPECT_EQ(dtype_of<std::complex<double>>(), DType(Scalar::f64, 2));
    EXPECT_EQ((dtype_of<std::array<i16, 3>>()), DType(Scalar::i16, 3));
    struct Pair {
        u32 a, b;
    };
    EXPECT_EQ(dtype_of<Pair>(), DType::opaque(8));
}

TEST(ElementType, is_equal_by_value) {
    const auto record = [](const char* name, u32 offset) {
        return DType::structure({16, {{name, Scalar::f32, offset, 1, 0}}});
    };
    EXPECT_EQ(record("x", 4), record("x", 4));
    EXPECT_FALSE(record("x", 4) == record("y", 4));
    EXPECT_FALSE(record("x", 4) == record("x", 8));
    EXPECT_FALSE(record("x", 4) == DType::opaque(16));
    EXPECT_FALSE(DType(Scalar::f32, 2) == DType(Scalar::f32, 3));
    EXPECT_FALSE(DType(Scalar::f32) == DType(Scalar::u32));
    EXPECT_FALSE(matrix(Scalar::f32, 2, 2) == DType(Scalar::f32, 4));
}

TEST(DeviceKindName, is_spelled_as_users_see_it) {
    EXPECT_EQ(to_string(DeviceKind::discrete), "discrete");
    EXPECT_EQ(to_string(DeviceKind::integrated), "integrated");
    EXPECT_EQ(to_string(DeviceKind::virtual_gpu), "virtual");
    EXPECT_EQ(to_string(DeviceKind::cpu), "cpu");
    EXPECT_EQ(to_string(DeviceKind::reference), "reference");
    EXPECT_EQ(to_string(DeviceKind::other), "other");
}

}  // namespace
}  // namespace alkomp
