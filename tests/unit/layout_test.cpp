// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/layout.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>

namespace alkomp::detail {
namespace {

BindingInfo array_of(DType element, u64 stride) {
    BindingInfo binding;
    binding.name = "data";
    binding.element = std::move(element);
    binding.stride_bytes = stride;
    return binding;
}

DType particle() {
    return DType::structure({32,
                             {{"position", DType(Scalar::f32, 3), 0, 1, 0},
                              {"mass", DType(Scalar::f32), 12, 1, 0},
                              {"kind", DType(Scalar::u32), 16, 1, 0}}});
}

template <class T>
Argument scalar(const T& value) {
    return make_argument(value);
}

template <class To, class From>
std::string convert(From value, To& out, Scalar to) {
    ScalarInfo info{"x", DType(to), 0, size_bytes(to)};
    return convert_scalar(info, scalar(value), std::as_writable_bytes(std::span<To>(&out, 1)));
}

TEST(Layout, elements_of_the_same_type_fit) {
    EXPECT_EQ(mismatch(array_of(Scalar::u32, 4), Scalar::u32, 12), "");
    EXPECT_EQ(mismatch(array_of(DType(Scalar::f32, 4), 16), DType(Scalar::f32, 4), 32), "");
    EXPECT_EQ(mismatch(array_of(Scalar::u8, 1), Scalar::boolean, 3), "");
}

TEST(Layout, another_scalar_is_refused_by_name) {
    EXPECT_EQ(mismatch(array_of(Scalar::u32, 4), Scalar::f32, 12),
              "elements of u32 are wanted; view it `as` that type if its bytes mean that.");
    EXPECT_NE(mismatch(array_of(Scalar::u32, 4), Scalar::i32, 12), "");
    EXPECT_NE(mismatch(array_of(Scalar::u32, 4), Scalar::u64, 16), "");
}

TEST(Layout, scalars_fill_packed_vectors_but_not_padded_ones) {
    EXPECT_EQ(mismatch(array_of(DType(Scalar::f32, 4), 16), Scalar::f32, 64), "");
    EXPECT_EQ(mismatch(array_of(DType(Scalar::f32, 3), 12), Scalar::f32, 36), "");
    EXPECT_NE(mismatch(array_of(DType(Scalar::f32, 3), 16), Scalar::f32, 48).find("padded to 16 bytes"),
              std::string::npos);
    EXPECT_EQ(mismatch(array_of(DType(Scalar::f32, 4), 16), Scalar::f32, 20),
              "elements of f32x4 are wanted, 16 bytes each: 20 bytes are not whole elements.");
}

TEST(Layout, records_are_compared_field_by_field_where_both_are_known) {
    EXPECT_EQ(mismatch(array_of(particle(), 32), DType::opaque(32), 64), "");
    EXPECT_NE(mismatch(array_of(particle(), 32), DType::opaque(28), 56).find("32 bytes each"), std::string::npos);
    EXPECT_EQ(mismatch(array_of(particle(), 32), particle(), 64), "");
    const DType swapped = DType::structure({32,
                                            {{"position", DType(Scalar::f32, 3), 0, 1, 0},
                                             {"kind", DType(Scalar::u32), 12, 1, 0},
                                             {"mass", DType(Scalar::f32), 16, 1, 0}}});
    EXPECT_NE(mismatch(array_of(particle(), 32), swapped, 64).find("a field differs"), std::string::npos);
}

TEST(Layout, a_fixed_block_wants_its_size) {
    BindingInfo block;
    block.name = "params";
    block.fixed_bytes = 16;
    block.element = DType::structure({16, {{"a", DType(Scalar::f32, 4), 0, 1, 0}}});
    EXPECT_EQ(mismatch(block, Scalar::f32, 16), "");
    EXPECT_EQ(mismatch(block, DType::opaque(32), 32), "");
    EXPECT_NE(mismatch(block, Scalar::f32, 12).find("at least 16 bytes"), std::string::npos);
    EXPECT_NE(mismatch(block, Scalar::i32, 16), "");
}

TEST(Scalars, integers_convert_where_they_fit) {
    i32 signed_value = 0;
    EXPECT_EQ(convert(u64{7}, signed_value, Scalar::i32), "");
    EXPECT_EQ(signed_value, 7);
    u32 unsigned_value = 0;
    EXPECT_EQ(convert(-1, unsigned_value, Scalar::u32), "i32 -1; u32 is wanted, which cannot hold it.");
    u8 byte = 0;
    EXPECT_EQ(convert(255, byte, Scalar::u8), "");
    EXPECT_NE(convert(256, byte, Scalar::u8), "");
    EXPECT_NE(convert(i64{1} << 40, signed_value, Scalar::i32), "");
}

TEST(Scalars, reals_round_and_integers_must_be_exact) {
    f32 real = 0;
    EXPECT_EQ(convert(0.1, real, Scalar::f32), "");
    EXPECT_EQ(real, 0.1f);
    EXPECT_NE(convert(1e300, real, Scalar::f32), "");
    EXPECT_EQ(convert(std::numeric_limits<double>::infinity(), real, Scalar::f32), "");
    EXPECT_EQ(convert(16777216, real, Scalar::f32), "");
    EXPECT_NE(convert(16777217, real, Scalar::f32), "");
    i32 whole = 0;
    EXPECT_EQ(convert(3.5, whole, Scalar::i32), "f64 3.500000; i32 is wanted, which cannot hold it.");
    f64 wide = 0;
    EXPECT_EQ(convert(3, wide, Scalar::f64), "");
    EXPECT_EQ(wide, 3.0);
}

TEST(Scalars, vectors_and_padded_matrices_go_to_their_places) {
    std::array<f32, 8> place{};
    ScalarInfo matrix{"m", DType(Scalar::f32, 3), 0, 32};
    matrix.type.columns = 2;
    matrix.type.size_bytes = 24;
    const std::array<f32, 6> values{1, 2, 3, 4, 5, 6};
    Argument argument;
    argument.kind = Argument::Kind::scalar;
    argument.scalar = Scalar::f32;
    argument.lanes = 6;
    argument.size_bytes = sizeof values;
    argument.value = values.data();
    EXPECT_EQ(convert_scalar(matrix, argument, std::as_writable_bytes(std::span(place))), "");
    EXPECT_EQ(place, (std::array<f32, 8>{1, 2, 3, 0, 4, 5, 6, 0}));
    ScalarInfo pair{"p", DType(Scalar::f32, 2), 0, 8};
    EXPECT_EQ(convert_scalar(pair, argument, std::as_writable_bytes(std::span(place))), "f32x6; f32x2 is wanted.");
}

}  // namespace
}  // namespace alkomp::detail
