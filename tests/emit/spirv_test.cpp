// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/spirv/spirv.h"

#include "emit/golden.h"
#include "emit/spirv_text.h"
#include "ir/module_files.h"
#include "ir/parse.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

emit::SpirvOptions options_of(const GoldenInput& input) {
    const auto on = [&](std::string_view key) { return golden_option(input, key, "1") == "1"; };
    emit::SpirvOptions options;
    options.version = 0x00010000 + 0x100 * static_cast<u32>(golden_option(input, "version", "1.6").back() - '0');
    options.memory_model = on("memory_model");
    options.memory_model_device_scope = options.memory_model && on("device_scope");
    options.i8 = on("i8");
    options.i16 = on("i16");
    options.f16 = on("f16");
    options.integer_dot = on("integer_dot");
    options.keeps_nan_f16 = options.keeps_nan_f32 = options.keeps_nan_f64 =
        golden_option(input, "keeps_nan", "0") == "1";
    options.maximal_reconvergence = golden_option(input, "maximal_reconvergence", "0") == "1";
    options.names = on("names");
    options.lines = on("lines");
    return options;
}

class Spirv : public ::testing::TestWithParam<GoldenInput> {};

TEST_P(Spirv, is_what_it_was_and_valid) {
    ir::Module module = ir::parse(GetParam().text, GetParam().name + ".ir");
    ir::verify(module);
    const std::vector<u32> words = emit::spirv(module, options_of(GetParam()));
    EXPECT_EQ(validation_error(words), "");
    expect_golden("spirv", GetParam().name, ".spvasm", disassembled(words));
}

INSTANTIATE_TEST_SUITE_P(, Spirv, ::testing::ValuesIn(golden_inputs("spirv")),
                         [](const auto& info) { return info.param.name; });

/// What the SPIRV-Tools of distributions do not know.
class NewerSpirv : public ::testing::TestWithParam<GoldenInput> {};

TEST_P(NewerSpirv, is_what_it_was_and_valid) {
    if (!has_newer_tools()) GTEST_SKIP() << "no newer SPIRV-Tools; scripts/setup installs them";
    ir::Module module = ir::parse(GetParam().text, GetParam().name + ".ir");
    ir::verify(module);
    const std::vector<u32> words = emit::spirv(module, options_of(GetParam()));
    EXPECT_EQ(newer_validation_error(words), "");
    expect_golden("spirv/newer", GetParam().name, ".spvasm", newer_disassembled(words));
}

INSTANTIATE_TEST_SUITE_P(, NewerSpirv, ::testing::ValuesIn(golden_inputs("spirv/newer")),
                         [](const auto& info) { return info.param.name; });

TEST(SpirvOfModules, is_valid_for_every_version_and_memory_model) {
    for (const ModuleFile& file : module_files()) {
        SCOPED_TRACE(file.name);
        ir::Module module = ir::parse(file.text, file.name);
        for (const u32 version : {0x00010300u, 0x00010400u, 0x00010500u, 0x00010600u}) {
            for (const bool memory_model : {false, true}) {
                emit::SpirvOptions options;
                options.version = version;
                options.memory_model = options.memory_model_device_scope = memory_model;
                options.i8 = options.i16 = options.f16 = true;
                EXPECT_EQ(validation_error(emit::spirv(module, options)), "") << std::hex << version;
            }
        }
    }
}

}  // namespace
}  // namespace alkomp::testing
