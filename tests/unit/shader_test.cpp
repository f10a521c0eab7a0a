// SPDX-License-Identifier: MIT OR Apache-2.0
// Sources, shaders without a device, their constants, and the disk cache that they come from.
#include "alkomp/device.h"
#include "expect_error.h"
#include "runtime/cache.h"
#include "runtime/interface_bytes.h"
#include "runtime/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <fstream>

namespace alkomp {
namespace {

namespace fs = std::filesystem;
using alkomp::testing::error_text;
using ::testing::HasSubstr;

constexpr const char* kKernel = R"(#version 450
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint N = 4;
layout(constant_id = 2) const float scale = 0.5;
layout(constant_id = 3) const bool flip = false;
layout(constant_id = 4) const int offset = 0;
struct P { vec3 p; float m; };
layout(push_constant) uniform Push { float alpha; P pair; } push;
layout(binding = 0) readonly buffer In { P data[]; };
layout(binding = 1) buffer Out { uint count; float x[]; } result;
shared float tile[N];
void main() {
    tile[0] = flip ? scale : float(offset);
    result.x[gl_GlobalInvocationID.x] = data[0].m * push.alpha + tile[0];
})";

class Files : public ::testing::Test {
protected:
    Files() {
        folder = fs::temp_directory_path() /
                 ("alkomp-shader-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
        fs::create_directories(folder);
    }
    ~Files() override {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name, std::ios::binary) << text;
    }
    fs::path folder;
};

TEST_F(Files, become_sources) {
    write("k.comp", kKernel);
    const Source source = glsl_file(folder / "k.comp");
    EXPECT_EQ(source.text, kKernel);
    EXPECT_EQ(source.name, (folder / "k.comp").string());
    EXPECT_EQ(source.directory, folder);
    write("empty.comp", "");
    EXPECT_EQ(glsl_file(folder / "empty.comp").text, "");
    const Shader shader = compile_shader(source);
    const std::string bytes(reinterpret_cast<const char*>(shader.words().data()), shader.words().size_bytes());
    write("k.spv", bytes);
    const Source binary = spirv_file(folder / "k.spv");
    EXPECT_TRUE(std::equal(binary.words.begin(), binary.words.end(), shader.words().begin(), shader.words().end()));
}

TEST_F(Files, that_cannot_be_read_are_named) {
    const auto text = [&](auto read, const std::string& name) {
        return error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(read(folder / name)); });
    };
    const std::string here = '"' + folder.string();
    EXPECT_EQ(text(glsl_file, "none.comp"), "glsl_file: " + here + "/none.comp\" does not exist.");
    EXPECT_EQ(text(spirv_file, "none.spv"), "spirv_file: " + here + "/none.spv\" does not exist.");
    EXPECT_EQ(text(glsl_file, ""), "glsl_file: " + here + "/\" is no file.");
    fs::resize_file((write("big.comp", "x"), folder / "big.comp"), (64u << 20) + 1);
    EXPECT_EQ(text(glsl_file, "big.comp"),
              "glsl_file: " + here + "/big.comp\" is 67108865 bytes long; at most 67108864 are taken.");
}

TEST_F(Files, of_spirv_hold_whole_words) {
    write("k.spv", "thirteen bytes");
    EXPECT_EQ(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(spirv_file(folder / "k.spv")); }),
              "spirv_file: \"" + (folder / "k.spv").string() + "\" is 14 bytes long; SPIR-V is words of 4 bytes.");
    const std::array<std::byte, 9> bytes{};
    EXPECT_EQ(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(spirv_bytes(bytes, "odd")); }),
              "spirv_bytes: \"odd\" is 9 bytes long; SPIR-V is words of 4 bytes.");
    EXPECT_EQ(spirv_bytes(std::span(bytes).subspan(1), "misaligned").words, (std::vector<u32>{0, 0}));
}

TEST(Shaders, need_no_device) {
    const Shader shader = compile_shader(glsl(kKernel, "k.comp"));
    EXPECT_EQ(shader.words()[0], 0x07230203u);
    EXPECT_EQ(shader.describe(),
              "entry point \"main\", workgroup of 1 x 1 x 1, 16 bytes of shared memory\n"
              "set 0, binding 0: \"In\" {data: struct{p: f32x3, m: f32}[]}, read only\n"
              "set 0, binding 1: \"result\" {count: u32, x: f32[]}\n"
              "scalar \"alpha\" f32 at byte 0\n"
              "scalar \"pair\" struct{p: f32x3, m: f32} at byte 16\n"
              "constant u32 with id 0\n"
              "constant \"N\" u32 with id 1\n"
              "constant \"scale\" f32 with id 2\n"
              "constant \"flip\" bool with id 3\n"
              "constant \"offset\" i32 with id 4");
    EXPECT_EQ(error_text(ErrorCode::invalid_argument, [] { static_cast<void>(Shader().words()); }),
              "Shader: it is empty: it was moved from or never compiled.");
    EXPECT_EQ(error_text(ErrorCode::unsupported,
                         [] { static_cast<void>(compile_shader(wgsl("", "k.wgsl"), {.through_ir = true})); }),
              "compile: \"k.wgsl\" is WGSL; GLSL and SPIR-V are taken here.");
    EXPECT_EQ(error_text(ErrorCode::invalid_argument, [] { static_cast<void>(Kernel().label()); }),
              "Kernel: it is empty: it was moved from or never compiled.");
    EXPECT_EQ(
        error_text(ErrorCode::invalid_argument,
                   [] { static_cast<void>(Device(std::shared_ptr<detail::DeviceRecord>()).compile(glsl(kKernel))); }),
        "compile: the device is empty: it was moved from or never opened.");
}

TEST(Shaders, keep_arguments_that_optimisation_drops) {
    const std::string text =
        "#version 450\nlayout(binding = 0) buffer A { uint a[]; };\nlayout(binding = 1) buffer B { uint b[]; };\nvoid "
        "main() { b[0] = 1; }";
    const Shader shader = compile_shader(glsl(text), {.optimize = true});
    EXPECT_EQ(shader.interface().bindings.size(), 2u);
    EXPECT_LT(shader.words().size(), compile_shader(glsl(text)).words().size());
}

// Constants ----------------------------------------------------------------------------------------

std::vector<backend::SpecializationValue> resolved(const std::map<std::string, Constant>& constants) {
    static const Shader shader = compile_shader(glsl(kKernel, "k.comp"));
    return detail::resolve_constants(*shader.record(), {.constants = constants});
}

std::string refused(const std::string& name, Constant value) {
    return error_text(ErrorCode::invalid_argument, [&] { static_cast<void>(resolved({{name, value}})); });
}

TEST(Constants, are_found_by_name_and_by_id) {
    const auto values = resolved({{"N", u64{16}}, {"scale", 2.5}, {"flip", true}, {"0", i64{8}}, {"4", i64{-3}}});
    ASSERT_EQ(values.size(), 5u);
    EXPECT_EQ(values[0].id, 0u);
    EXPECT_EQ(values[0].bits, 8u);
    EXPECT_EQ(values[1].bits, 16u);
    EXPECT_EQ(values[2].bits, std::bit_cast<u32>(2.5f));
    EXPECT_EQ(values[3].bits, 1u);
    EXPECT_EQ(values[3].size_bytes, 4u);
    EXPECT_EQ(values[4].bits, 0xfffffffdu);
    EXPECT_EQ(resolved({{"scale", i64{3}}}).at(0).bits, std::bit_cast<u32>(3.0f));
    EXPECT_EQ(resolved({{"flip", i64{0}}}).at(0).bits, 0u);
}

TEST(Constants, that_are_unknown_are_refused_with_those_there) {
    const std::string there =
        "\"; it has id 0 (u32), \"N\" (id 1, u32), \"scale\" (id 2, f32), \"flip\" (id 3, bool), \"offset\" (id 4, "
        "i32).";
    EXPECT_EQ(refused("M", u64{1}), "compile: \"k.comp\" has no specialisation constant \"M" + there);
    EXPECT_EQ(refused("17", u64{1}), "compile: \"k.comp\" has no specialisation constant \"17" + there);
    EXPECT_EQ(refused("", u64{1}), "compile: \"k.comp\" has no specialisation constant \"" + there);
    EXPECT_EQ(
        error_text(ErrorCode::invalid_argument,
                   [] {
                       static_cast<void>(compile_shader(glsl("void main() {}", "plain"), {.constants = {{"N", true}}}));
                   }),
        "compile: \"plain\" has no specialisation constant \"N\"; it has none.");
}

TEST(Constants, that_do_not_fit_are_refused_with_type_and_value) {
    const auto sentence = [](const std::string& name, const std::string& type, const std::string& value) {
        return "compile: the specialisation constant \"" + name + "\" of \"k.comp\" is " + type + ", which cannot be " +
               value + ".";
    };
    EXPECT_EQ(refused("N", i64{-1}), sentence("N", "u32", "-1"));
    EXPECT_EQ(refused("N", u64{1} << 32), sentence("N", "u32", "4294967296"));
    EXPECT_EQ(refused("N", 4.0), sentence("N", "u32", "4"));
    EXPECT_EQ(refused("N", true), sentence("N", "u32", "true"));
    EXPECT_EQ(refused("offset", u64{1} << 31), sentence("offset", "i32", "2147483648"));
    EXPECT_EQ(refused("scale", true), sentence("scale", "f32", "true"));
    EXPECT_EQ(refused("scale", 1e300), sentence("scale", "f32", "1e+300"));
    EXPECT_EQ(refused("scale", i64{16777217}), sentence("scale", "f32", "16777217"));
    EXPECT_EQ(refused("flip", i64{2}), sentence("flip", "bool", "2"));
    EXPECT_EQ(refused("flip", 1.0), sentence("flip", "bool", "1"));
    EXPECT_EQ(error_text(ErrorCode::invalid_argument,
                         [] {
                             static_cast<void>(resolved({{"N", u64{1}}, {"1", u64{2}}}));
                         }),
              "compile: the specialisation constant with id 1 of \"k.comp\" is given twice, by name and by id.");
}

// The cache ----------------------------------------------------------------------------------------

TEST(InterfaceBytes, give_back_all_of_it) {
    const Shader shader = compile_shader(glsl(kKernel, "k.comp"));
    detail::ByteWriter writer;
    detail::add_interface(writer, shader.interface());
    const std::vector<std::byte> bytes = writer.take();
    detail::ByteReader reader(bytes);
    const Interface back = detail::get_interface(reader);
    EXPECT_TRUE(reader.ok() && reader.at_end());
    EXPECT_EQ(detail::describe(back), shader.describe());
    detail::ByteWriter again;
    detail::add_interface(again, back);
    EXPECT_EQ(again.take(), bytes);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        detail::ByteReader cut(std::span<const std::byte>(bytes).first(length));
        static_cast<void>(detail::get_interface(cut));
        EXPECT_FALSE(cut.ok()) << length;
    }
}

TEST(InterfaceBytes, that_make_no_sense_are_rejected) {
    const auto accepted = [](const Interface& interface) {
        detail::ByteWriter writer;
        detail::add_interface(writer, interface);
        const std::vector<std::byte> bytes = writer.take();
        detail::ByteReader reader(bytes);
        static_cast<void>(detail::get_interface(reader));
        return reader.ok();
    };
    Interface interface;
    interface.scalar_bytes = 8;
    interface.scalars = {{"a", DType(Scalar::f32), 4, 4}};
    EXPECT_TRUE(accepted(interface));
    interface.scalars[0].offset_bytes = 8;
    EXPECT_FALSE(accepted(interface)) << "a scalar outside the block";
    interface.scalars[0] = {"a", DType(Scalar::f64), 0, 4};
    EXPECT_FALSE(accepted(interface)) << "a scalar larger than its place";
    interface.scalars[0] = {"a", DType(Scalar::f32), 0, 4};
    interface.scalars[0].type.columns = 0;
    EXPECT_FALSE(accepted(interface)) << "a type without columns";
}

TEST_F(Files, are_compiled_anew_when_an_included_one_changes) {
    write("k.comp",
          "#version 450\n#include \"value.glsl\"\nlayout(binding = 0) buffer B { float x[]; };\nvoid main() { x[0] = "
          "VALUE; }\n");
    write("value.glsl", "#define VALUE 1.0\n");
    const auto words = [&] {
        const Shader shader = compile_shader(glsl_file(folder / "k.comp"));
        return std::vector<u32>(shader.words().begin(), shader.words().end());
    };
    const std::vector<u32> first = words();
    EXPECT_EQ(words(), first);
    write("value.glsl", "#define VALUE 2.0\n");
    EXPECT_NE(words(), first);
    write("value.glsl", "#define VALUE 1.0\n");
    EXPECT_EQ(words(), first);
    fs::remove(folder / "value.glsl");
    EXPECT_THAT(error_text(ErrorCode::compile_failed, words), HasSubstr("'value.glsl' is not found"));
}

TEST_F(Files, give_other_shaders_under_other_options) {
    const std::string text =
        "#version 450\n#ifdef TWO\n#define N 2\n#else\n#define N 1\n#endif\nlayout(local_size_x = N) in;\nvoid main() "
        "{}\n";
    const auto size = [&](const KernelOptions& options) {
        return compile_shader(glsl(text), options).interface().workgroup_size[0];
    };
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(size({}), 1u);
        EXPECT_EQ(size({.macros = {{"TWO", ""}}}), 2u);
        EXPECT_EQ(compile_shader(glsl(text), {.target = Target::vulkan_1_3}).words()[1], 0x00010600u);
        EXPECT_EQ(compile_shader(glsl(text)).words()[1], 0x00010500u);
    }
}

TEST_F(Files, keep_their_own_name_when_the_text_is_known_already) {
    const std::string text =
        "#version 450\nlayout(constant_id = 0) const uint N = 1;\nlayout(binding = 0) buffer B { uint x[]; };\nvoid "
        "main() { x[0] = N; }\n";
    static_cast<void>(compile_shader(glsl(text, "first")));
    EXPECT_THAT(error_text(ErrorCode::invalid_argument,
                           [&] {
                               static_cast<void>(compile_shader(glsl(text, "second"), {.constants = {{"M", true}}}));
                           }),
                HasSubstr("\"second\""));
}

}  // namespace
}  // namespace alkomp
