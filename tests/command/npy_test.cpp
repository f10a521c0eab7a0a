// SPDX-License-Identifier: MIT OR Apache-2.0
#include "npy.h"

#include "failure.h"
#include "output_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <sstream>

namespace alkomp::command {
namespace {

std::string file(int major, const std::string& header, const std::string& body) {
    std::string out = "\x93NUMPY";
    out += static_cast<char>(major);
    out += '\0';
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i) out += static_cast<char>(header.size() >> (8 * i) & 0xff);
    return out + header + body;
}

std::string header(const std::string& descr, const std::string& shape, const char* fortran = "False") {
    return "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

Array read(const std::string& bytes) {
    std::istringstream stream(bytes);
    return read_npy(stream, bytes.size());
}

std::string failure(const std::string& bytes) {
    try {
        static_cast<void>(read(bytes));
    } catch (const Failure& error) {
        return error.what();
    }
    return "no failure";
}

template <class T>
std::vector<T> values(const Array& array) {
    std::vector<T> out(array.bytes.size() / sizeof(T));
    std::memcpy(out.data(), array.bytes.data(), out.size() * sizeof(T));
    return out;
}

TEST(Npy, EveryScalarTypeKeepsItsTypeAndItsSpelling) {
    const std::vector<std::pair<std::string, DType>> types{
        {"'|b1'", Scalar::boolean},       {"'|i1'", Scalar::i8},
        {"'<i2'", Scalar::i16},           {"'<i4'", Scalar::i32},
        {"'<i8'", Scalar::i64},           {"'|u1'", Scalar::u8},
        {"'<u2'", Scalar::u16},           {"'<u4'", Scalar::u32},
        {"'<u8'", Scalar::u64},           {"'<f2'", Scalar::f16},
        {"'<f4'", Scalar::f32},           {"'<f8'", Scalar::f64},
        {"'<c8'", DType(Scalar::f32, 2)}, {"'<c16'", DType(Scalar::f64, 2)},
        {"'|V12'", DType::opaque(12)}};
    for (const auto& [descr, type] : types) {
        const std::string body(std::size_t{3} * type.size_bytes, 'x');
        const Array array = read(file(1, header(descr, "(3,)"), body));
        EXPECT_EQ(array.element.type, type) << descr;
        EXPECT_EQ(array.element.descr, descr);
        EXPECT_EQ(array.shape, Shape{3});
        EXPECT_EQ(std::memcmp(array.bytes.data(), body.data(), body.size()), 0);
        const std::string again = npy_header(array.element, array.shape) + body;
        EXPECT_EQ(read(again).element.descr, descr);
        EXPECT_EQ((again.size() - body.size()) % 64, 0U);
    }
}

TEST(Npy, EveryFormatVersionAndEveryRankIsRead) {
    for (const int version : {1, 2, 3}) {
        EXPECT_EQ(read(file(version, header("'<u2'", "()"), "ab")).shape, Shape{});
        EXPECT_EQ(read(file(version, header("'<u2'", "(0,)"), "")).shape, Shape{0});
        EXPECT_EQ(read(file(version, header("'<u2'", "(2L, 1, 1)"), "abcd")).shape, (Shape{2, 1, 1}));
    }
    EXPECT_NE(failure(file(4, header("'<u2'", "()"), "ab")).find("format is 4.0"), std::string::npos);
}

TEST(Npy, BigEndianIsSwapped) {
    EXPECT_EQ(values<u16>(read(file(1, header("'>u2'", "(2,)"), std::string("\x01\x02\x03\x04", 4)))),
              (std::vector<u16>{0x0102, 0x0304}));
    const Array complex = read(file(1, header("'>c8'", "(1,)"), std::string("\x3f\x80\0\0\x40\0\0\0", 8)));
    EXPECT_EQ(complex.element.descr, "'<c8'");
    EXPECT_EQ(values<f32>(complex), (std::vector<f32>{1, 2}));
    const std::string descr = "[('a', '>u2', (2,)), ('b', '<u2'), ('c', [('d', '>u4')])]";
    const Array structs =
        read(file(1, header(descr, "(1,)"), std::string("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a", 10)));
    EXPECT_EQ(values<u8>(structs), (std::vector<u8>{2, 1, 4, 3, 5, 6, 10, 9, 8, 7}));
}

TEST(Npy, FortranOrderIsConverted) {
    // numpy: np.asfortranarray([[1, 2, 3], [4, 5, 6]])
    const Array array = read(file(1, header("'|u1'", "(2, 3)", "True"), "\x01\x04\x02\x05\x03\x06"));
    EXPECT_EQ(values<u8>(array), (std::vector<u8>{1, 2, 3, 4, 5, 6}));
    // Three dimensions: the element at (i, j, k) is stored at i + 2 j + 4 k.
    const Array cube = read(file(1, header("'|u1'", "(2, 2, 2)", "True"), std::string("\0\1\2\3\4\5\6\7", 8)));
    EXPECT_EQ(values<u8>(cube), (std::vector<u8>{0, 4, 2, 6, 1, 5, 3, 7}));
}

TEST(Npy, StructsBecomeRecordsWithTheirGaps) {
    const std::string descr = "[('position', '<f4', (3,)), ('mass', '<f4'), ('', '|V4'), (('a title', 'id'), '<u8')]";
    const Array array = read(file(1, header(descr, "(2,)"), std::string(56, 'x')));
    ASSERT_NE(array.element.type.record, nullptr);
    const auto& fields = array.element.type.record->fields;
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(array.element.type.size_bytes, 28U);
    EXPECT_EQ(fields[0].count, 3U);
    EXPECT_EQ(fields[1].offset_bytes, 12U);
    EXPECT_EQ(fields[2].name, "id");
    EXPECT_EQ(fields[2].offset_bytes, 20U);
    const Array again = read(npy_header(array.element, array.shape) + std::string(56, 'x'));
    EXPECT_EQ(again.element.type, array.element.type);
    EXPECT_EQ(again.element.descr, array.element.descr);
}

TEST(Npy, NamesBeyondAsciiMakeVersionThree) {
    const Array array = read(file(3,
                                  header("[('gr\xc3\xb6\xc3\x9f"
                                         "e', '<f4')]",
                                         "(1,)"),
                                  "abcd"));
    EXPECT_EQ(npy_header(array.element, array.shape)[6], 3);
    EXPECT_EQ(read(npy_header(array.element, array.shape) + "abcd").element.descr, array.element.descr);
}

TEST(Npy, ARecordOfAKernelIsWrittenWithItsGaps) {
    RecordLayout layout;
    layout.size_bytes = 32;
    layout.fields = {{"position", DType(Scalar::f32, 3), 0, 1, 0}, {"id", Scalar::u32, 16, 1, 0}};
    const auto element = element_from_type(DType::structure(layout));
    ASSERT_TRUE(element);
    EXPECT_EQ(element->descr, "[('position', '<f4', (3,)), ('', '|V4'), ('id', '<u4'), ('', '|V12')]");
    EXPECT_EQ(read(npy_header(*element, {1}) + std::string(32, 'x')).element.type.size_bytes, 32U);
}

TEST(Npy, WhatIsWrongIsSaid) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "it is not a .npy file: it has 0 bytes"},
        {"hello, world", "it is not a .npy file: it does not start with \\x93NUMPY"},
        {file(1, header("'<f4'", "(3,)"), "12345678"),
         "it is truncated: its header says 12 bytes of elements, the file has 8"},
        {file(1, header("'<f4'", "(1,)"), "12345678"),
         "it is too long: its header says 4 bytes of elements, the file has 8"},
        {file(1, header("'<f4'", "(3,)"), "").substr(0, 20), "it ends inside its header"},
        {file(1, header("'|O'", "(3,)"), ""), "it holds Python objects (dtype object), which no kernel takes"},
        {file(1, header("'<U5'", "(3,)"), ""), "it holds text (dtype <U5), which no kernel takes"},
        {file(1, header("'|S5'", "(3,)"), ""), "it holds text (dtype |S5), which no kernel takes"},
        {file(1, header("'<M8[ns]'", "(3,)"), ""),
         "it holds times (dtype <M8[ns]), which no kernel takes; save x.view('i8') instead"},
        {file(1, header("'<f16'", "(3,)"), ""),
         "dtype '<f16' is none of bool i8 i16 i32 i64 u8 u16 u32 u64 f16 f32 f64 c64 c128 or a struct of them"},
        {file(1, header("'<f4'", "(-1,)"), ""), "its header's 'shape' holds something that is not a count"},
        {file(1, header("'<f4'", "3"), ""), "its header's 'shape' is not a tuple"},
        {file(1, header("'<f4'", "(9223372036854775807, 9223372036854775807)"), ""),
         "the shape [9223372036854775807, 9223372036854775807] has more than 2^64 elements"},
        {file(1, header("'<f4'", "(9223372036854775807,)"), ""),
         "the shape [9223372036854775807] has more than 2^64 bytes"},
        {file(1, header("'<f4'", "(99999999999999999999,)"), ""),
         "the header wants a whole number below 2^63 at character 51"},
        {file(1, header("[]", "(1,)"), ""), "its dtype is neither text nor a list of fields"},
        {file(1, header("[('a', '<f4', (1073741824,))]", "(1,)"), ""), "one element of it is larger than 1 GiB"},
        {file(1, "{'descr': '<f4'}", ""), "its header lacks one of 'descr', 'fortran_order' and 'shape'"},
        {file(1, "__import__('os')", ""), "the header wants a value at character 0"},
        {file(1, std::string(200, '('), ""), "the header wants fewer nested brackets at character 33"},
        {"\x93NUMPY\x02" + std::string(1, '\0') + "\xff\xff\xff\x7f",
         "its header claims 2147483647 bytes; at most 1 MiB is read"},
    };
    for (const auto& [bytes, wanted] : cases) EXPECT_EQ(failure(bytes), wanted);
}

// A damaged file is read or refused, never worse: the sanitizer builds see the rest.
TEST(Npy, AnyDamageIsReadOrRefused) {
    const std::string good =
        file(1, header("[('a', '>f4', (2, 3)), ('b', [('c', '<c16'), ('', '|V2')])]", "(2, 2)", "True"),
             std::string(168, 'x'));
    static_cast<void>(read(good));
    std::mt19937 random(7);
    int refused = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string bad = good;
        for (u32 k = 0; k <= random() % 3; ++k) bad[random() % 110] = static_cast<char>(random());
        if (random() % 4 == 0) bad.resize(random() % bad.size());
        refused += failure(bad) != "no failure";
    }
    EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace alkomp::command
