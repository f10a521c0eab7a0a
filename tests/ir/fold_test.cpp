// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/fold.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <initializer_list>

namespace alkomp::ir {
namespace {

std::optional<u64> folded(Op op, Scalar scalar, std::initializer_list<u64> operands) {
    return fold(op, scalar, scalar, {operands.begin(), operands.size()});
}
std::optional<u64> compared(Op op, Scalar scalar, std::initializer_list<u64> operands) {
    return fold(op, scalar, Scalar::boolean, {operands.begin(), operands.size()});
}
u64 as_i32(i64 value) { return static_cast<u32>(value); }
u64 as_i8(i64 value) { return static_cast<u8>(value); }

TEST(Fold, WrapsAroundTheBitsOfTheType) {
    EXPECT_EQ(folded(Op::add, Scalar::u8, {200, 100}), 44u);
    EXPECT_EQ(folded(Op::sub, Scalar::u32, {3, 5}), 0xfffffffeu);
    EXPECT_EQ(folded(Op::mul, Scalar::u64, {u64{1} << 63, 2}), 0u);
    EXPECT_EQ(folded(Op::neg, Scalar::i32, {as_i32(-2147483648)}), as_i32(-2147483648));
    EXPECT_EQ(folded(Op::abs, Scalar::i8, {as_i8(-128)}), as_i8(-128));
}

TEST(Fold, GivesDivisionItsFixedResults) {
    EXPECT_EQ(folded(Op::div, Scalar::u32, {7, 0}), 0u);
    EXPECT_EQ(folded(Op::rem, Scalar::i32, {as_i32(-7), 0}), as_i32(-7));
    EXPECT_EQ(folded(Op::mod, Scalar::i32, {as_i32(-7), 0}), as_i32(-7));
    EXPECT_EQ(folded(Op::div, Scalar::i64, {u64{1} << 63, ~u64{0}}), u64{1} << 63);
    EXPECT_EQ(folded(Op::rem, Scalar::i64, {u64{1} << 63, ~u64{0}}), 0u);
    EXPECT_EQ(folded(Op::div, Scalar::i32, {as_i32(-7), 2}), as_i32(-3));
    EXPECT_EQ(folded(Op::rem, Scalar::i32, {as_i32(-7), 2}), as_i32(-1));
    EXPECT_EQ(folded(Op::mod, Scalar::i32, {as_i32(-7), 2}), 1u);
    EXPECT_EQ(folded(Op::mod, Scalar::i32, {7, as_i32(-2)}), as_i32(-1));
    EXPECT_EQ(folded(Op::mod, Scalar::i32, {6, as_i32(-2)}), 0u);
    EXPECT_EQ(folded(Op::mod, Scalar::u32, {7, 4}), 3u);
}

TEST(Fold, TakesShiftCountsModuloTheBits) {
    EXPECT_EQ(folded(Op::shl, Scalar::u32, {1, 33}), 2u);
    EXPECT_EQ(folded(Op::shr, Scalar::i32, {as_i32(-8), 1}), as_i32(-4));
    EXPECT_EQ(folded(Op::shr, Scalar::u8, {0x80, 9}), 0x40u);
}

TEST(Fold, GivesBothResultsOfWideInstructions) {
    using Both = std::array<u64, 2>;
    EXPECT_EQ(fold_pair(Op::add_carry, Scalar::u8, 200, 100), (Both{44, 1}));
    EXPECT_EQ(fold_pair(Op::add_carry, Scalar::i32, as_i32(-1), 0), (Both{as_i32(-1), 0}));
    EXPECT_EQ(fold_pair(Op::sub_borrow, Scalar::u32, 3, 5), (Both{0xfffffffe, 1}));
    EXPECT_EQ(fold_pair(Op::sub_borrow, Scalar::i64, 5, 5), (Both{0, 0}));
    EXPECT_EQ(fold_pair(Op::mul_wide, Scalar::u32, 0xffffffff, 0xffffffff), (Both{1, 0xfffffffe}));
    EXPECT_EQ(fold_pair(Op::mul_wide, Scalar::i32, as_i32(-3), 5), (Both{as_i32(-15), as_i32(-1)}));
    EXPECT_EQ(fold_pair(Op::mul_wide, Scalar::u64, ~u64{0}, ~u64{0}), (Both{1, ~u64{0} - 1}));
    EXPECT_EQ(fold_pair(Op::mul_wide, Scalar::u64, u64{1} << 33, u64{3} << 40), (Both{0, 3 << 9}));
    EXPECT_EQ(fold_pair(Op::mul_wide, Scalar::i64, ~u64{0}, u64{1} << 63), (Both{u64{1} << 63, 0}));
    EXPECT_EQ(fold_pair(Op::add, Scalar::u32, 1, 2), std::nullopt);
    EXPECT_EQ(fold_pair(Op::add_carry, Scalar::f32, 1, 2), std::nullopt);
}

TEST(Fold, ComparesWithTheSignOfTheType) {
    EXPECT_EQ(compared(Op::lt, Scalar::i32, {as_i32(-1), 1}), 1u);
    EXPECT_EQ(compared(Op::lt, Scalar::u32, {as_i32(-1), 1}), 0u);
    EXPECT_EQ(compared(Op::le, Scalar::u32, {4, 4}), 1u);
    EXPECT_EQ(compared(Op::gt, Scalar::i8, {as_i8(-1), as_i8(-2)}), 1u);
    EXPECT_EQ(compared(Op::ge, Scalar::u32, {3, 4}), 0u);
    EXPECT_EQ(compared(Op::eq, Scalar::u32, {4, 4}), 1u);
    EXPECT_EQ(compared(Op::ne, Scalar::boolean, {1, 0}), 1u);
    EXPECT_EQ(folded(Op::min, Scalar::i32, {as_i32(-1), 1}), as_i32(-1));
    EXPECT_EQ(folded(Op::max, Scalar::u32, {as_i32(-1), 1}), as_i32(-1));
    EXPECT_EQ(folded(Op::clamp, Scalar::i32, {as_i32(-5), as_i32(-2), 3}), as_i32(-2));
    EXPECT_EQ(folded(Op::clamp, Scalar::i32, {9, as_i32(-2), 3}), 3u);
}

TEST(Fold, FindsBits) {
    EXPECT_EQ(folded(Op::find_msb, Scalar::u32, {0}), as_i32(-1));
    EXPECT_EQ(folded(Op::find_msb, Scalar::i32, {as_i32(-1)}), as_i32(-1));
    EXPECT_EQ(folded(Op::find_msb, Scalar::i32, {as_i32(-5)}), 2u);
    EXPECT_EQ(folded(Op::find_msb, Scalar::u8, {0x90}), 7u);
    EXPECT_EQ(folded(Op::find_lsb, Scalar::u32, {24}), 3u);
    EXPECT_EQ(folded(Op::find_lsb, Scalar::u32, {0}), as_i32(-1));
    EXPECT_EQ(folded(Op::count_ones, Scalar::i32, {as_i32(-1)}), 32u);
    EXPECT_EQ(folded(Op::bit_not, Scalar::boolean, {1}), 0u);
    EXPECT_EQ(folded(Op::sign, Scalar::i32, {as_i32(-9)}), as_i32(-1));
}

TEST(Fold, TakesBitsApart) {
    EXPECT_EQ(folded(Op::reverse_bits, Scalar::u8, {0x13}), 0xc8u);
    EXPECT_EQ(folded(Op::reverse_bits, Scalar::u64, {1}), u64{1} << 63);
    EXPECT_EQ(folded(Op::mul_high, Scalar::u32, {0xffffffff, 2}), 1u);
    EXPECT_EQ(folded(Op::mul_high, Scalar::i32, {as_i32(-1), 2}), as_i32(-1));
    EXPECT_EQ(folded(Op::mul_high, Scalar::u64, {~u64{0}, ~u64{0}}), ~u64{0} - 1);
    EXPECT_EQ(folded(Op::extract_bits, Scalar::u32, {0xabcd, 4, 8}), 0xbcu);
    EXPECT_EQ(folded(Op::extract_bits, Scalar::i32, {0xabcd, 4, 8}), as_i32(-0x44));
    EXPECT_EQ(folded(Op::extract_bits, Scalar::u32, {0xabcd, 8, 99}), 0xabu);
    EXPECT_EQ(folded(Op::extract_bits, Scalar::i8, {as_i8(-1), 99, 2}), 0u);
    EXPECT_EQ(folded(Op::extract_bits, Scalar::u64, {~u64{0}, 0, 64}), ~u64{0});
    EXPECT_EQ(folded(Op::insert_bits, Scalar::u32, {0xffff, 0x5, 4, 8}), 0xf05fu);
    EXPECT_EQ(folded(Op::insert_bits, Scalar::u32, {7, 9, 32, 4}), 7u);
    EXPECT_EQ(folded(Op::insert_bits, Scalar::u64, {1, 9, 0, 64}), 9u);
}

TEST(Fold, ConvertsAndChooses) {
    const u64 minus_one = as_i8(-1);
    EXPECT_EQ(fold(Op::convert, Scalar::i8, Scalar::u32, {&minus_one, 1}), as_i32(-1));
    EXPECT_EQ(fold(Op::convert, Scalar::u8, Scalar::i32, {&minus_one, 1}), 255u);
    EXPECT_EQ(fold(Op::bitcast, Scalar::i8, Scalar::u8, {&minus_one, 1}), 255u);
    EXPECT_EQ(folded(Op::select, Scalar::u32, {0, 5, 6}), 6u);
    EXPECT_EQ(folded(Op::select, Scalar::u32, {1, 5, 6}), 5u);
}

TEST(Fold, LeavesWhatItDoesNotKnow) {
    EXPECT_EQ(folded(Op::add, Scalar::f32, {0, 0}), std::nullopt);
    EXPECT_EQ(folded(Op::dot_packed, Scalar::u32, {1, 2}), std::nullopt);
    EXPECT_EQ(folded(Op::fma, Scalar::u32, {1, 2, 3}), std::nullopt);
}

u64 as_f32(float value) { return std::bit_cast<u32>(value); }
u64 as_f64(double value) { return std::bit_cast<u64>(value); }
std::optional<u64> real(Op op, Scalar scalar, std::initializer_list<u64> operands) {
    return fold_real(op, scalar, scalar, {operands.begin(), operands.size()});
}
std::optional<u64> converted(Scalar from, Scalar to, u64 bits) { return fold_real(Op::convert, from, to, {&bits, 1}); }

TEST(FoldReal, RoundsOnceToNearestEven) {
    EXPECT_EQ(real(Op::add, Scalar::f32, {as_f32(16777216.0f), as_f32(1.0f)}), as_f32(16777216.0f));
    EXPECT_EQ(real(Op::mul, Scalar::f32, {as_f32(0.1f), as_f32(0.1f)}), as_f32(0.1f * 0.1f));
    EXPECT_EQ(real(Op::div, Scalar::f64, {as_f64(1), as_f64(3)}), as_f64(1.0 / 3));
    EXPECT_EQ(real(Op::sub, Scalar::f16, {0x3c00, 0x4000}), 0xbc00u);
    EXPECT_EQ(real(Op::quantize_f16, Scalar::f32, {as_f32(0.1f)}), as_f32(0.0999755859375f));
    EXPECT_EQ(converted(Scalar::u32, Scalar::f32, 0x1000001), as_f32(16777216.0f));
    EXPECT_EQ(converted(Scalar::i64, Scalar::f64, ~u64{0}), as_f64(-1));
    EXPECT_EQ(converted(Scalar::u64, Scalar::bf16, (u64{1} << 60) + (u64{1} << 52) + 1), std::nullopt);
}

TEST(FoldReal, GivesWholeNumbersAndRests) {
    EXPECT_EQ(real(Op::round, Scalar::f32, {as_f32(14.5f)}), as_f32(14.0f));
    EXPECT_EQ(real(Op::round_even, Scalar::f32, {as_f32(-9.5f)}), as_f32(-10.0f));
    EXPECT_EQ(real(Op::round_even, Scalar::f64, {as_f64(0.75)}), as_f64(1));
    EXPECT_EQ(real(Op::fract, Scalar::f32, {as_f32(-8.25f)}), as_f32(0.75f));
    EXPECT_EQ(real(Op::fract, Scalar::f32, {as_f32(-1e-9f)}), std::nullopt);  // devices have 1, or what is below
    EXPECT_EQ(real(Op::fract, Scalar::f64, {as_f64(-1e-30)}), std::nullopt);
    EXPECT_EQ(real(Op::sign, Scalar::f32, {as_f32(-3.0f)}), as_f32(-1.0f));
    EXPECT_EQ(real(Op::sign, Scalar::f32, {as_f32(-0.0f)}), std::nullopt);
    EXPECT_EQ(real(Op::step, Scalar::f32, {as_f32(1.0f), as_f32(1.0f)}), as_f32(1.0f));
    EXPECT_EQ(real(Op::step, Scalar::f32, {as_f32(1.0f), as_f32(0.5f)}), 0u);
}

TEST(FoldReal, AsksForKindsOfNumbers) {
    const auto is = [](Op op, u64 bits) { return fold_real(op, Scalar::f32, Scalar::boolean, {&bits, 1}); };
    EXPECT_EQ(is(Op::is_nan, as_f32(1.0f)), 0u);
    EXPECT_EQ(is(Op::is_nan, 0x7fc00000), std::nullopt);  // a device may know no NaN
    EXPECT_EQ(is(Op::is_inf, 0xff800000), 1u);
    EXPECT_EQ(is(Op::is_inf, as_f32(1.0f)), 0u);
}

TEST(FoldReal, MultipliesAndAddsWhereRoundingOnceOrTwiceGivesTheSame) {
    EXPECT_EQ(real(Op::fma, Scalar::f32, {as_f32(2.0f), as_f32(3.0f), as_f32(0.5f)}), as_f32(6.5f));
    EXPECT_EQ(real(Op::fma, Scalar::f16, {0x4000, 0x4200, 0x3800}), 0x4680u);
    const u64 third = as_f32(1.0f / 3);
    EXPECT_EQ(real(Op::fma, Scalar::f32, {third, as_f32(3.0f), as_f32(-1.0f)}), std::nullopt);
    EXPECT_EQ(real(Op::fma, Scalar::f64, {as_f64(1.0 / 3), as_f64(3), as_f64(-1)}), std::nullopt);
}

TEST(FoldReal, SaturatesIntegers) {
    EXPECT_EQ(converted(Scalar::f32, Scalar::i32, as_f32(-2.75f)), as_i32(-2));
    EXPECT_EQ(converted(Scalar::f32, Scalar::i8, as_f32(200.0f)), 127u);
    EXPECT_EQ(converted(Scalar::f32, Scalar::u8, as_f32(-1.0f)), 0u);
    EXPECT_EQ(converted(Scalar::f64, Scalar::i64, as_f64(-1e30)), u64{1} << 63);
    EXPECT_EQ(converted(Scalar::f32, Scalar::u32, 0x7fc00000), 0u);
}

TEST(FoldReal, LeavesNansAndDenormalsToTheDevice) {
    EXPECT_EQ(real(Op::add, Scalar::f32, {0x7fc00000, as_f32(1.0f)}), std::nullopt);
    EXPECT_EQ(real(Op::div, Scalar::f32, {0, 0}), std::nullopt);
    EXPECT_EQ(real(Op::mul, Scalar::f32, {1, as_f32(1.0f)}), std::nullopt);
    EXPECT_EQ(real(Op::mul, Scalar::f32, {as_f32(1e-20f), as_f32(1e-20f)}), std::nullopt);
    EXPECT_EQ(real(Op::quantize_f16, Scalar::f32, {as_f32(1e-6f)}), std::nullopt);
    EXPECT_EQ(real(Op::sqrt, Scalar::f32, {as_f32(4.0f)}), std::nullopt);
    EXPECT_EQ(fold_real(Op::bitcast, Scalar::f32, Scalar::u32, std::initializer_list<u64>{1}), 1u);
}

}  // namespace
}  // namespace alkomp::ir
