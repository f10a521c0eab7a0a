// SPDX-License-Identifier: MIT OR Apache-2.0
// A module that was read asks the same of its caller as what its declarations alone say.
#include "runtime/reflect.h"
#include "runtime/interface_bytes.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"
#include "words_of.h"

namespace alkomp::testing {
namespace {

class CorpusInterfaces : public ::testing::TestWithParam<KernelFile> {};

/// All but what only words declare.
std::vector<std::byte> bytes_of(Interface interface) {
    interface.requirements.clear();
    interface.spirv_version = 0;
    interface.uses_addresses = false;
    detail::ByteWriter writer;
    detail::add_interface(writer, interface);
    return writer.take();
}

TEST_P(CorpusInterfaces, are_the_same) {
    if (!can_assemble(GetParam()) || GetParam().wants_newer_tools) GTEST_SKIP() << "newer SPIRV-Tools are wanted";
    for (const std::vector<u32>& words : all_words_of(GetParam())) {
        Interface wanted;
        try {
            wanted = detail::reflect(words, "main", "k.comp");
        } catch (const Error& error) {
            GTEST_SKIP() << error.what();
        }
        try {
            const Interface got = detail::interface_of(read::read(words, "main", "k.comp"));
            EXPECT_EQ(detail::describe(got), detail::describe(wanted));
            EXPECT_TRUE(bytes_of(got) == bytes_of(wanted)) << detail::describe(got);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::unsupported) ADD_FAILURE() << error.what();
        }
    }
}

std::string name_of(const ::testing::TestParamInfo<KernelFile>& info) {
    return info.param.theme + '_' + info.param.name;
}
INSTANTIATE_TEST_SUITE_P(, CorpusInterfaces, ::testing::ValuesIn(kernel_files()), name_of);

}  // namespace
}  // namespace alkomp::testing
