// SPDX-License-Identifier: MIT OR Apache-2.0
// Compiling on a device: constants, includes, macros, entry points, and every kind of refusal.
#include "support/device_test.h"
#include "support/kernels.h"

#include <filesystem>
#include <fstream>

namespace alkomp::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

ALKOMP_DEVICE_SUITE(Compiling);

const TestKernel& constant_kernel() {
    static const TestKernel kernel{"constants",
                                   R"(#version 450
layout(local_size_x = 4, local_size_x_id = 0) in;
layout(constant_id = 0) const uint kSize = 4;
layout(constant_id = 1) const uint kFactor = 3;
layout(constant_id = 2) const bool kNegate = false;
layout(constant_id = 7) const float kShift = 0.5;
layout(binding = 0) buffer Result { float result[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    float value = float(i * kFactor) + kShift;
    if (i < result.length()) result[i] = kNegate ? -value : value;
})",
                                   {[](const Invocation& at) {
                                       const auto result = at.buffer<float>(0);
                                       const auto bits = static_cast<u32>(at.constant(7, 0x3F000000));
                                       float shift = 0;
                                       std::memcpy(&shift, &bits, 4);
                                       const float value = static_cast<float>(at.x() * at.constant(1, 3)) + shift;
                                       if (at.x() < result.size())
                                           result[at.x()] = at.constant(2, 0) != 0 ? -value : value;
                                   }}};
    return kernel;
}

TEST_P(Compiling, with_specialisation_constants_by_name_and_by_id) {
    const auto run = [&](const KernelOptions& options) {
        Kernel kernel = compile(gpu, constant_kernel(), options);
        const auto result = gpu.zeros<float>(4);
        gpu.call(kernel, result);
        return std::pair(gpu.get(result), kernel.workgroup_size()[0]);
    };
    EXPECT_EQ(run({}), std::pair(std::vector<float>({0.5f, 3.5f, 6.5f, 9.5f}), 4u));
    EXPECT_EQ(run({.constants = {{"kFactor", u64{10}}, {"7", 0.25}}}).first,
              (std::vector<float>{0.25f, 10.25f, 20.25f, 30.25f}));
    EXPECT_EQ(run({.constants = {{"kNegate", true}, {"kShift", i64{2}}}}).first, (std::vector<float>{-2, -5, -8, -11}));
    EXPECT_EQ(run({.constants = {{"kSize", u64{2}}}}), std::pair(std::vector<float>({0.5f, 3.5f, 6.5f, 9.5f}), 2u));
}

TEST_P(Compiling, refuses_constants_that_are_unknown_or_do_not_fit) {
    const auto refused = [&](const std::string& name, Constant value) {
        return error_text(ErrorCode::invalid_argument, [&] {
            static_cast<void>(compile(gpu, constant_kernel(), {.constants = {{name, value}}}));
        });
    };
    EXPECT_THAT(refused("kFaktor", u64{1}), AllOf(HasSubstr("kFaktor"), HasSubstr("kFactor")));
    EXPECT_THAT(refused("99", u64{1}), HasSubstr("99"));
    EXPECT_THAT(refused("kFactor", i64{-1}), AllOf(HasSubstr("kFactor"), HasSubstr("u32")));
    EXPECT_THAT(refused("kFactor", 1.5), AllOf(HasSubstr("kFactor"), HasSubstr("1.5")));
    EXPECT_THAT(refused("kNegate", u64{7}), HasSubstr("kNegate"));
}

TEST_P(Compiling, refuses_a_workgroup_above_the_limit_with_the_limit) {
    const u64 limit = gpu.capabilities().limits.max_workgroup_invocations;
    const KernelOptions options{.constants = {{"kSize", limit * 2}}};
    try {
        static_cast<void>(compile(gpu, constant_kernel(), options));
        ADD_FAILURE() << "a workgroup of twice the limit compiled";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr(std::to_string(limit * 2)), HasSubstr(std::to_string(limit))));
    }
}

TEST_P(Compiling, with_macros_and_includes_from_folders_and_beside_the_file) {
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::temp_directory_path() /
        ("alkomp-include-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" + GetParam().name);
    fs::create_directories(folder / "shared");
    std::ofstream(folder / "beside.glsl") << "#include \"shared/deep.glsl\"\nuint beside() { return deep() + 1u; }\n";
    std::ofstream(folder / "shared" / "deep.glsl") << "uint deep() { return DEPTH; }\n";
    std::ofstream(folder / "kernel.comp") << R"(#version 450
#extension GL_GOOGLE_include_directive : require
#include "beside.glsl"
layout(local_size_x = 1) in;
layout(binding = 0) buffer Result { uint result[]; };
void main() { result[gl_GlobalInvocationID.x] = beside(); }
)";
    const HostKernel host{[](const Invocation& at) { at.buffer<u32>(0)[at.x()] = 42; }};
    const KernelOptions options{.macros = {{"DEPTH", "41u"}}};
    register_source(glsl_file(folder / "kernel.comp"), options, host);
    Kernel kernel = gpu.compile(glsl_file(folder / "kernel.comp"), options);
    const auto result = gpu.zeros<u32>(1);
    gpu.call(kernel, result);
    EXPECT_EQ(gpu.get(result)[0], 42u);

    Source loose = glsl_file(folder / "kernel.comp");
    loose.directory.clear();
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(gpu.compile(loose, options)); }),
                HasSubstr("beside.glsl"));
    KernelOptions with_folder = options;
    with_folder.include_dirs = {folder};
    EXPECT_TRUE(static_cast<bool>(gpu.compile(loose, with_folder)));
    std::ofstream(folder / "beside.glsl") << "#include \"beside.glsl\"\n";
    EXPECT_THAT(error_text(ErrorCode::compile_failed, [&] { static_cast<void>(gpu.compile(loose, with_folder)); }),
                HasSubstr("beside.glsl"));
    fs::remove_all(folder);
}

TEST_P(Compiling, shows_file_line_and_caret_of_a_syntax_error) {
    const Source source = glsl(
        "#version 450\nlayout(local_size_x = 1) in;\nvoid main() {\n    uint x = undefined_name;\n}\n", "wrong.comp");
    const std::string text = error_text(ErrorCode::compile_failed, [&] { static_cast<void>(gpu.compile(source)); });
    EXPECT_THAT(text, AllOf(HasSubstr("wrong.comp:4"), HasSubstr("undefined_name"),
                            HasSubstr("    uint x = undefined_name;"), HasSubstr("^")));
}

TEST_P(Compiling, refuses_what_is_no_compute_shader) {
    const auto refused = [&](const Source& source) {
        return error_text(ErrorCode::compile_failed, [&] { static_cast<void>(gpu.compile(source)); });
    };
    EXPECT_THAT(refused(glsl("")), HasSubstr("compile"));
    EXPECT_THAT(
        refused(glsl("#version 450\nlayout(location = 0) out vec4 c;\nvoid main() { gl_Position = vec4(0); }\n")),
        HasSubstr("only compute shaders are taken"));
    EXPECT_THAT(refused(spirv(std::vector<u32>{})), HasSubstr("compile"));
    EXPECT_THAT(refused(spirv(std::vector<u32>{0x07230203})), HasSubstr("<spirv>"));
    EXPECT_THAT(refused(spirv(std::vector<u32>(100, 0xDEADBEEF))), HasSubstr("<spirv>"));
}

TEST_P(Compiling, refuses_an_unknown_entry_point_and_names_those_there) {
    KernelOptions options;
    options.entry = "start";
    const Shader shader = compile_shader(glsl(increment().glsl, "increment"));
    const std::string text = error_text(ErrorCode::invalid_argument, [&] {
        static_cast<void>(gpu.compile(spirv(shader.words(), "increment.spv"), options));
    });
    EXPECT_THAT(text, AllOf(HasSubstr("\"start\""), HasSubstr("main")));
}

TEST_P(Compiling, survives_spirv_that_is_cut_short_or_has_any_word_broken) {
    const Shader shader = compile_shader(glsl(collatz().glsl, "collatz"));
    const std::vector<u32> words(shader.words().begin(), shader.words().end());
    for (std::size_t length = 0; length < words.size(); length += 13) {
        EXPECT_THROW(static_cast<void>(gpu.compile(spirv(std::span(words).first(length)))), Error) << length;
    }
    for (std::size_t at = 0; at < words.size(); at += 29) {
        std::vector<u32> broken = words;
        broken[at] ^= 0x80000001u;
        try {
            static_cast<void>(compile_shader(spirv(broken)));
        } catch (const Error&) {
        }
    }
    std::vector<u32> swapped = words;
    for (u32& word : swapped) word = __builtin_bswap32(word);
    EXPECT_THROW(static_cast<void>(gpu.compile(spirv(swapped))), Error);
    const auto bytes = std::as_bytes(std::span(words));
    EXPECT_THAT(
        error_text(ErrorCode::compile_failed, [&] { static_cast<void>(spirv_bytes(bytes.first(bytes.size() - 1))); }),
        HasSubstr("spirv"));
}

TEST_P(Compiling, names_the_feature_that_the_device_lacks) {
    if (gpu.capabilities().features.f64) GTEST_SKIP() << "the device has 64-bit floats";
    const Source source = glsl(
        "#version 450\nlayout(local_size_x = 1) in;\nlayout(binding = 0) buffer D { double d[]; };\n"
        "void main() { d[0] = d[0] * 2.0lf; }\n",
        "double.comp");
    const std::string text = error_text(ErrorCode::unsupported, [&] { static_cast<void>(gpu.compile(source)); });
    // Where the words go to the driver their capability is meant, else the type.
    EXPECT_THAT(text, AnyOf(AllOf(HasSubstr("64-bit floats"), HasSubstr("Float64")), HasSubstr("the feature \"f64\"")));
}

TEST_P(Compiling, does_not_block_and_gives_the_same_kernel) {
    const Source source = glsl(increment().glsl, "increment");
    register_source(source, {}, increment().host);
    Kernel kernel = gpu.compile_async(source).get();
    const auto data = gpu.to_device<u32>({1, 2});
    gpu.call(kernel, data);
    EXPECT_EQ(gpu.get(data), (std::vector<u32>{2, 3}));
    error_text(ErrorCode::compile_failed, [&] { static_cast<void>(gpu.compile_async(glsl("nonsense")).get()); });
}

TEST_P(Compiling, twice_gives_kernels_that_both_work) {
    Kernel first = compile(gpu, increment()), second = compile(gpu, increment());
    const auto data = gpu.to_device<u32>({1});
    gpu.call(first, data);
    first = Kernel();
    gpu.call(second, data);
    EXPECT_EQ(gpu.get(data)[0], 3u);
}

TEST_P(Compiling, describes_bindings_scalars_and_constants) {
    EXPECT_THAT(compile(gpu, blend()).describe(), AllOf(HasSubstr("result"), HasSubstr("u32"), HasSubstr("term")));
    EXPECT_THAT(compile(gpu, constant_kernel()).describe(), AllOf(HasSubstr("kFactor"), HasSubstr("7")));
    EXPECT_EQ(compile(gpu, blend()).label(), "blend");
}

}  // namespace
}  // namespace alkomp::testing
