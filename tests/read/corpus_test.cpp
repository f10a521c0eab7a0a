// SPDX-License-Identifier: MIT OR Apache-2.0
// Every kernel of the corpus becomes a right module, and one that can be printed, parsed, emitted and read again.
#include "emit/spirv/spirv.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "words_of.h"

namespace alkomp::testing {
namespace {

/// What the IR cannot say, and how that is told.
const std::map<std::string, std::string> kRefused{
    {"shared_block", "OpVariable: blocks in shared memory lie over each other; one is taken."},
};

class CorpusModules : public ::testing::TestWithParam<KernelFile> {};

TEST_P(CorpusModules, are_right_and_survive_the_round_trips) {
    if (!can_assemble(GetParam())) GTEST_SKIP() << "newer SPIRV-Tools are wanted";
    if (const auto known = kRefused.find(GetParam().name); known != kRefused.end()) {
        EXPECT_THAT(refusal(all_words_of(GetParam())[0]), ::testing::HasSubstr(known->second));
        return;
    }
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
