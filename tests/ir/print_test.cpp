// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/print.h"

#include "ir/builder.h"
#include "ir/module_files.h"
#include "ir/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alkomp::ir {
namespace {

using ::testing::HasSubstr;

class ModuleFiles : public ::testing::TestWithParam<alkomp::testing::ModuleFile> {};

TEST_P(ModuleFiles, are_as_they_are_printed) {
    const std::string& text = GetParam().text;
    const std::string printed = print(parse(text, GetParam().name));
    const std::string module = text.substr(text.find("module "));  // behind the comment at its head
    EXPECT_EQ(printed, module);
    EXPECT_EQ(print(parse(printed, "printed")), printed);
}

std::string file_name(const ::testing::TestParamInfo<alkomp::testing::ModuleFile>& info) {
    return info.param.name.substr(0, info.param.name.find('.'));
}
INSTANTIATE_TEST_SUITE_P(All, ModuleFiles, ::testing::ValuesIn(alkomp::testing::module_files()), file_name);

}  // namespace
}  // namespace alkomp::ir
