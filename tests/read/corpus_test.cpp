// SPDX-License-Identifier: MIT OR Apache-2.0
// Every kernel of the corpus becomes a right module, and one that can be printed, parsed, emitted and read again.
#include "emit/spirv/spirv.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "words_of.h"

namespace alkomp::testing {
namespace {

class CorpusModules : public ::testing::TestWithParam<KernelFile> {};

TEST_P(CorpusModules, are_right_and_survive_the_round_trips) {
    if (!can_assemble(GetParam())) GTEST_SKIP() << "newer SPIRV-Tools are wanted";
    for (const std::vector<u32>& words : all_words_of(GetParam())) {
        ir::Module module = read::read(words, "main", "k.comp");
        const std::string text = ir::print(module);
        ir::Module parsed = ir::parse(text, "k.ir");
        ir::verify(parsed);
        EXPECT_EQ(ir::print(parsed), text);
        const std::vector<u32> emitted = emit::spirv(module, emit::SpirvOptions::all());
        EXPECT_EQ(read::read(emitted, "main", "k.comp").globals.size(), module.globals.size());
    }
}

std::string name_of(const ::testing::TestParamInfo<KernelFile>& info) {
    return info.param.theme + '_' + info.param.name;
}
INSTANTIATE_TEST_SUITE_P(, CorpusModules, ::testing::ValuesIn(kernel_files()), name_of);

}  // namespace
}  // namespace alkomp::testing
