// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/literal.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace alkomp::ir {
namespace {

constexpr std::array kScalars{Scalar::boolean, Scalar::i8,  Scalar::i16, Scalar::i32, Scalar::i64,
                              Scalar::u8,      Scalar::u16, Scalar::u32, Scalar::u64, Scalar::f16,
                              Scalar::bf16,    Scalar::f32, Scalar::f64};

void expect_back(Scalar kind, u64 bits) {
    const std::string text = plain_text(kind, bits);
    EXPECT_EQ(read_scalar(kind, text), bits) << to_string(kind) << ' ' << text;
}

TEST(Literals, short_scalars_read_back_as_they_were) {
    for (const Scalar kind : {Scalar::i8, Scalar::u8, Scalar::i16, Scalar::u16, Scalar::f16, Scalar::bf16})
        for (u32 bits = 0; bits < (1u << (8 * size_bytes(kind))); ++bits) expect_back(kind, bits);
    expect_back(Scalar::boolean, 0);
    expect_back(Scalar::boolean, 1);
}

TEST(Literals, long_scalars_read_back_as_they_were) {
    std::mt19937_64 random(1);
    for (const Scalar kind : {Scalar::i32, Scalar::u32, Scalar::f32, Scalar::i64, Scalar::u64, Scalar::f64}) {
        const u32 width = 8 * size_bytes(kind);
        for (u32 i = 0; i < 20000; ++i) expect_back(kind, random() >> (64 - width));
        for (u32 bit = 0; bit < width; ++bit)
            for (const u64 near :
                 {(u64{1} << bit) - 1, u64{1} << bit, ~(u64{1} << bit) << (64 - width) >> (64 - width)})
                expect_back(kind, near);
    }
}

TEST(Literals, are_short_and_show_what_they_are) {
    EXPECT_EQ(scalar_text(Scalar::u32, 5), "5");
    EXPECT_EQ(scalar_text(Scalar::i32, 0xfffffffb), "i32(-5)");
    EXPECT_EQ(scalar_text(Scalar::u64, 5), "u64(5)");
    EXPECT_EQ(scalar_text(Scalar::boolean, 1), "true");
    EXPECT_EQ(scalar_text(Scalar::f32, 0x3f800000), "1.0");
    EXPECT_EQ(scalar_text(Scalar::f32, 0x3dcccccd), "0.1");
    EXPECT_EQ(scalar_text(Scalar::f32, 0x80000000), "-0.0");
    EXPECT_EQ(scalar_text(Scalar::f32, 0x60ad78ec), "1e+20");
    EXPECT_EQ(scalar_text(Scalar::f32, 0x7f800000), "f32(inf)");
    EXPECT_EQ(scalar_text(Scalar::f32, 0xffc00000), "f32(0xffc00000)");
    EXPECT_EQ(scalar_text(Scalar::f16, 0x3e00), "f16(1.5)");
    EXPECT_EQ(scalar_text(Scalar::f64, 0x3fb999999999999a), "f64(0.1)");
}

TEST(Literals, bits_that_no_value_has_are_shown_and_refused) {
    EXPECT_EQ(scalar_text(Scalar::boolean, 2), "bool(0x2)");
    EXPECT_EQ(scalar_text(Scalar::u8, 0x1ff), "u8(0x1ff)");
    EXPECT_EQ(read_scalar(Scalar::boolean, "0x2"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::u8, "0x1ff"), std::nullopt);
}

TEST(Literals, what_does_not_fit_or_is_no_number_is_refused) {
    for (const char* text :
         {"", "-", "x", "1x", "0x", "0xg", "1.5.", "1e", "--1", "+1", " 1", "1 ", "true1", "nan1", "1e999", "-1e999"})
        for (const Scalar kind : kScalars) EXPECT_EQ(read_scalar(kind, text), std::nullopt) << text << to_string(kind);
    EXPECT_EQ(read_scalar(Scalar::u8, "256"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::u8, "-1"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::i8, "128"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::i8, "-129"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::u32, "4294967296"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::i64, "9223372036854775808"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::u64, "18446744073709551616"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::i32, "1.0"), std::nullopt);
    EXPECT_EQ(read_scalar(Scalar::f16, "65520"), std::nullopt);  // rounds to infinity
    EXPECT_EQ(read_scalar(Scalar::f16, "65519"), 0x7bffu);
    EXPECT_EQ(read_scalar(Scalar::f32, "nan"), 0x7fc00000u);
}

TEST(Literals, any_text_reads_back_from_its_quotes) {
    std::mt19937 random(2);
    for (u32 i = 0; i < 20000; ++i) {
        std::string text(random() % 8, ' ');
        for (char& c : text) c = static_cast<char>(random());
        if (!text.empty() && i % 4 != 0) text[0] = "\"\\n\xc3"[i % 4];
        const std::string lexeme = in_quotes(text);
        EXPECT_EQ(without_quotes(lexeme), text) << lexeme;
        for (const char c : lexeme) EXPECT_TRUE(static_cast<u8>(c) >= ' ' && c != '\x7f') << lexeme;
    }
    EXPECT_EQ(in_quotes("gr\xc3\xb6\xc3\x9f"
                        "e \xe2\x82\xac \xf0\x9f\x98\x80"),
              "\"gr\xc3\xb6\xc3\x9f"
              "e \xe2\x82\xac \xf0\x9f\x98\x80\"");
    // No UTF-8: a lone byte, an overlong one, a surrogate, one beyond the last character, one cut short.
    EXPECT_EQ(in_quotes("\x80 \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82"),
              R"("\x80 \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82")");
}

TEST(Literals, names_are_bare_where_they_can_be) {
    EXPECT_EQ(spelled("_a1"), "_a1");
    EXPECT_EQ(spelled("1a"), "\"1a\"");
    EXPECT_EQ(spelled("a.b"), "\"a.b\"");
    EXPECT_EQ(spelled(""), "\"\"");
    EXPECT_EQ(name_in("a.12"), "a");
    EXPECT_EQ(name_in("\"a.b\".3"), "a.b");
    EXPECT_EQ(name_in("12"), "");
}

TEST(Literals, plain_types_read_as_they_are_printed) {
    EXPECT_EQ(read_plain_type("bf16x3")->scalar, Scalar::bf16);
    EXPECT_EQ(read_plain_type("bf16x3")->lanes, 3u);
    EXPECT_EQ(read_plain_type("bool")->lanes, 1u);
    for (const char* text : {"", "x2", "f32x1", "f32x5", "f32x", "f32x22", "F32", "record", "struct"})
        EXPECT_FALSE(read_plain_type(text)) << text;
}

}  // namespace
}  // namespace alkomp::ir
