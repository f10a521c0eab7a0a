// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bind.h"

#include "failure.h"

#include <gtest/gtest.h>

#include <cstring>

namespace alkomp::command {
namespace {

BindingInfo array(u32 number, std::string name, DType element, bool reads = true, bool writes = true) {
    BindingInfo binding;
    binding.binding = number;
    binding.name = std::move(name);
    binding.stride_bytes = element.size_bytes;
    binding.element = std::move(element);
    binding.reads = reads;
    binding.writes = writes;
    return binding;
}

Interface interface_of(std::vector<BindingInfo> bindings) {
    Interface interface;
    interface.bindings = std::move(bindings);
    return interface;
}

std::vector<FileArgument> files(std::initializer_list<const char*> words) {
    std::vector<FileArgument> out;
    for (const std::string word : words) out.push_back(parse_file(word.substr(1), word[0] == '>'));
    return out;
}

template <class F>
std::string failure(F act) {
    try {
        static_cast<void>(act());
    } catch (const Failure& error) {
        return error.what();
    }
    return "no failure";
}

const Interface kSum = interface_of({array(0, "a", Scalar::f32, true, false), array(1, "b", Scalar::f32, true, false),
                                     array(2, "sum", Scalar::f32, false, true)});
const Interface kOne = interface_of({array(0, "data", Scalar::u32)});

TEST(BindFiles, OrderDecidesWhereNothingIsNamed) {
    const auto given = files({"<x.npy", "<y.npy", ">z.npy"});
    const auto bound = bind_files(kSum, given);
    EXPECT_EQ(bound[0].input->path, "x.npy");
    EXPECT_EQ(bound[1].input->path, "y.npy");
    EXPECT_EQ(bound[2].output->path, "z.npy");
    EXPECT_EQ(bound[2].input, nullptr);
}

TEST(BindFiles, NamesAndNumbersComeFirstAndOrderFillsTheRest) {
    const auto given = files({"<x.npy", ">2=z.npy", "<a=y.npy"});
    const auto bound = bind_files(kSum, given);
    EXPECT_EQ(bound[0].input->path, "y.npy");
    EXPECT_EQ(bound[1].input->path, "x.npy");
    EXPECT_EQ(bound[2].output->path, "z.npy");
}

TEST(BindFiles, TheOnlyMemberOfABlockNamesItToo) {
    BindingInfo binding = array(0, "Data", Scalar::u32);
    binding.fields = {{"values", Scalar::u32, 0, 0, 4}};
    const auto given = files({"<values=x.npy", ">Data=y.npy"});
    const auto bound = bind_files(interface_of({binding}), given);
    EXPECT_EQ(bound[0].input->path, "x.npy");
    EXPECT_EQ(bound[0].output->path, "y.npy");
}

TEST(BindFiles, ASingleBufferIsFilledAndSaved) {
    for (const auto& given :
         {files({"<x.npy", ">z.npy"}), files({">z.npy", "<x.npy"}), files({"<data=x.npy", ">data=z.npy"})}) {
        const auto bound = bind_files(kOne, given);
        EXPECT_EQ(bound[0].input->path, "x.npy");
        EXPECT_EQ(bound[0].output->path, "z.npy");
    }
}

TEST(BindFiles, WhatIsWrongIsSaid) {
    EXPECT_EQ(failure([] {
                  return bind_files(kSum, files({"<x.npy", "<y.npy"}));
              }),
              "buffer 'sum' (written f32[]) has neither --in nor --out; the kernel takes 'a' (read f32[]), 'b' (read "
              "f32[]), 'sum' (written f32[])");
    EXPECT_EQ(failure([] {
                  return bind_files(kSum, files({"<x.npy", ">y.npy", ">z.npy"}));
              }),
              "--out y.npy: the kernel only reads 'b' (read f32[]), so it needs an --in");
    EXPECT_EQ(failure([] {
                  return bind_files(kSum, files({"<x.npy", "<y.npy", "<z.npy", ">w.npy"}));
              }),
              "--out w.npy: no buffer is left for it: the kernel takes 'a' (read f32[]), 'b' (read f32[]), 'sum' "
              "(written f32[]); "
              "to save a buffer that a file fills, name it: --out a=w.npy");
    EXPECT_EQ(failure([] { return bind_files(kOne, files({"<other=x.npy"})); }),
              "--in other=x.npy: the kernel has no buffer 'other'; the kernel takes 'data' (read and written u32[])");
    EXPECT_EQ(failure([] {
                  return bind_files(kOne, files({"<x.npy", "<y.npy"}));
              }),
              "--in y.npy: buffer 'data' already has --in x.npy");
    EXPECT_EQ(failure([] { return bind_files({}, files({"<x.npy"})); }),
              "--in x.npy: no buffer is left for it: the kernel takes no buffers");
}

TEST(OutputLayout, TypeComesFromTheKernelAndShapeFromTheFirstInput) {
    const FileArgument output = parse_file("o.npy", true);
    const Shape elements{4, 5};
    const Layout layout = output_layout(array(0, "o", Scalar::f32), output, nullptr, &elements);
    EXPECT_EQ(layout.element.descr, "'<f4'");
    EXPECT_EQ(layout.shape, (Shape{4, 5}));
    const BindingInfo vectors = array(0, "o", DType(Scalar::f32, 4));
    EXPECT_EQ(output_layout(vectors, output, nullptr, &elements).shape, (Shape{4, 5, 4}));
    BindingInfo padded = array(0, "o", DType(Scalar::f32, 3));
    padded.stride_bytes = 16;
    EXPECT_EQ(output_layout(padded, output, nullptr, &elements).shape, (Shape{4, 5, 4}));
}

TEST(OutputLayout, TheCommandLineDecides) {
    const Shape elements{4, 5};
    const Array like{*element_from_name("u16"), {9}, {}};
    const BindingInfo binding = array(0, "o", Scalar::u32);
    EXPECT_EQ(output_layout(binding, parse_file("o.npy:2x2", true), nullptr, &elements).shape, (Shape{2, 2}));
    EXPECT_EQ(output_layout(binding, parse_file("o.npy:i32:8", true), nullptr, nullptr).element.descr, "'<i4'");
    EXPECT_EQ(output_layout(binding, parse_file("o.npy", true), &like, &elements).shape, Shape{9});
    EXPECT_EQ(output_layout(binding, parse_file("o.npy", true), &like, &elements).element.descr, "'<u2'");
    EXPECT_EQ(failure([&] { return output_layout(binding, parse_file("o.npy", true), nullptr, nullptr); }),
              "--out o.npy: the shape of 'o' is open; say it as in o.npy:f32:480x640, or add --like FILE");
}

TEST(ElementShape, CountsWhatTheKernelCounts) {
    const BindingInfo vectors = array(0, "v", DType(Scalar::f32, 4));
    EXPECT_EQ(element_shape(vectors, {*element_from_name("f32"), {3, 5, 4}}), (Shape{3, 5}));
    EXPECT_EQ(element_shape(vectors, {*element_from_name("f32"), {4}}), Shape{});
    EXPECT_EQ(element_shape(vectors, {*element_from_name("f32"), {20}}), Shape{20});
    EXPECT_EQ(element_shape(array(0, "v", Scalar::f32), {*element_from_name("f32"), {3, 4}}), (Shape{3, 4}));
    EXPECT_EQ(element_shape(array(0, "v", DType(Scalar::f32, 2)), {*element_from_name("c64"), {3, 2}}), (Shape{3, 2}));
}

TEST(KernelType, ATypeOnTheCommandLineOnlySaysHowToSave) {
    const FileArgument output = parse_file("o.npy", true);
    EXPECT_EQ(kernel_type(array(0, "o", Scalar::u32), output, {*element_from_name("i32"), {8}}), DType(Scalar::u32));
    EXPECT_EQ(kernel_type(array(0, "o", Scalar::u32), output, {*element_from_name("u8"), {8}}), DType(Scalar::u32));
    EXPECT_EQ(failure([&] {
                  return kernel_type(array(0, "o", Scalar::u32), output, {*element_from_name("u8"), {7}});
              }),
              "--out o.npy: u8[7] has 7 bytes, which is not whole elements of 'o' (read and written u32[])");
}

TEST(OutputLayout, AFixedBlockIsItsOwnShape) {
    BindingInfo block;
    block.name = "totals";
    block.fixed_bytes = 16;
    block.fields = {{"sums", Scalar::u32, 0, 4, 4}};
    RecordLayout layout{16, block.fields};
    block.element = DType::structure(layout);
    const Layout one = output_layout(block, parse_file("o.npy", true), nullptr, nullptr);
    EXPECT_EQ(one.element.descr, "'<u4'");
    EXPECT_EQ(one.shape, Shape{4});
    block.fields = {{"low", Scalar::f32, 0, 1, 0}, {"high", Scalar::u32, 8, 1, 0}};
    layout.fields = block.fields;
    block.element = DType::structure(layout);
    const Layout two = output_layout(block, parse_file("o.npy", true), nullptr, nullptr);
    EXPECT_EQ(two.element.descr, "[('low', '<f4'), ('', '|V4'), ('high', '<u4'), ('', '|V4')]");
    EXPECT_EQ(two.shape, Shape{});
}

TEST(InplaceLayout, SavesTheBytesOfTheInput) {
    const Layout input{*element_from_name("f32"), {4, 2}};
    EXPECT_EQ(inplace_layout(parse_file("o.npy", true), nullptr, input).shape, (Shape{4, 2}));
    EXPECT_EQ(inplace_layout(parse_file("o.npy:c64:4", true), nullptr, input).element.descr, "'<c8'");
    EXPECT_EQ(failure([&] { return inplace_layout(parse_file("o.npy:3", true), nullptr, input); }),
              "--out o.npy: f32[3] has 12 bytes, the buffer that its --in fills has 32");
}

TEST(CallType, ALastDimensionOfOneElementIsAVector) {
    const Layout rows{*element_from_name("f32"), {10, 4}};
    EXPECT_EQ(call_type(array(0, "v", DType(Scalar::f32, 4)), rows), DType(Scalar::f32, 4));
    BindingInfo padded = array(0, "v", DType(Scalar::f32, 3));
    padded.stride_bytes = 16;
    EXPECT_EQ(call_type(padded, rows), DType(Scalar::f32, 4));
    EXPECT_EQ(call_type(array(0, "v", Scalar::f32), rows), DType(Scalar::f32));
    EXPECT_EQ(call_type(array(0, "v", DType(Scalar::u32, 4)), rows), DType(Scalar::f32));
}

Interface with_scalars() {
    Interface interface;
    interface.scalars = {{"count", Scalar::u32, 0, 4},
                         {"offset", DType(Scalar::f32, 2), 8, 8},
                         {"flag", Scalar::boolean, 16, 4},
                         {"tiny", Scalar::i8, 20, 1}};
    return interface;
}

TEST(Scalars, TheirTypesComeFromTheKernel) {
    const std::vector<ScalarText> texts{{"offset", "1.5,-2"}, {"", "7"}, {"", "true"}, {"", "-128"}};
    const auto values = parse_scalars(with_scalars(), texts);
    u32 count = 0;
    std::array<f32, 2> offset{};
    std::memcpy(&count, values[0].bytes.data(), 4);
    std::memcpy(&offset, values[1].bytes.data(), 8);
    EXPECT_EQ(count, 7U);
    EXPECT_EQ(offset, (std::array<f32, 2>{1.5F, -2.0F}));
    EXPECT_EQ(values[2].bytes, std::vector<std::byte>{std::byte{1}});
    EXPECT_EQ(values[3].bytes, std::vector<std::byte>{std::byte{0x80}});
}

TEST(Scalars, WhatIsWrongIsSaid) {
    const auto error = [](std::vector<ScalarText> texts) {
        return failure([&] { return parse_scalars(with_scalars(), texts); });
    };
    const std::string all = "the kernel takes 'count' (u32), 'offset' (f32x2), 'flag' (bool), 'tiny' (i8)";
    EXPECT_EQ(error({{"count", "3.5"}}), "--arg count=3.5: 'count': '3.5' is no u32");
    EXPECT_EQ(error({{"count", "-1"}}), "--arg count=-1: 'count': '-1' is no u32");
    EXPECT_EQ(error({{"", "4294967296"}}), "--arg 4294967296: 'count': '4294967296' does not fit u32");
    EXPECT_EQ(error({{"tiny", "128"}}), "--arg tiny=128: 'tiny': '128' does not fit i8");
    EXPECT_EQ(error({{"offset", "1"}}), "--arg offset=1: 'offset': it has 1 values, f32x2 has 2");
    EXPECT_EQ(error({{"flag", "2"}}), "--arg flag=2: 'flag': '2' is neither true nor false");
    EXPECT_EQ(error({{"size", "2"}}), "--arg size=2: there is no such scalar: " + all);
    EXPECT_EQ(error({{"count", "1"}, {"count", "2"}}), "--arg count=2: 'count' is given twice");
    EXPECT_EQ(error({{"", "1"}, {"", "1,2"}, {"", "1"}, {"", "1"}, {"", "9"}}),
              "--arg 9: no scalar is left for it: " + all);
    EXPECT_EQ(error({{"count", "1"}}), "scalar 'offset' (f32x2) has no --arg");
}

}  // namespace
}  // namespace alkomp::command
