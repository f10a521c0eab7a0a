// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/print.h"

#include "ir/builder.h"
#include "ir/module_files.h"
#include "ir/parse.h"
#include "ir/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace alkomp::ir {
namespace {

using ::testing::HasSubstr;

// The text without the lines that are comments.
std::string without_comments(const std::string& text) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t first = line.find_first_not_of(' ');
        if (first == std::string::npos || line.compare(first, 2, "//") != 0) kept += line + '\n';
    }
    return kept;
}

class ModuleFiles : public ::testing::TestWithParam<alkomp::testing::ModuleFile> {};

TEST_P(ModuleFiles, are_as_they_are_printed) {
    const std::string printed = print(parse(GetParam().text, GetParam().name));
    EXPECT_EQ(printed, without_comments(GetParam().text));
    EXPECT_EQ(print(parse(printed, "printed")), printed);
}

TEST_P(ModuleFiles, are_right) {
    Module module = parse(GetParam().text, GetParam().name);
    EXPECT_NO_THROW(verify(module));
}

std::string file_name(const ::testing::TestParamInfo<alkomp::testing::ModuleFile>& info) {
    return info.param.name.substr(0, info.param.name.find('.'));
}
INSTANTIATE_TEST_SUITE_P(All, ModuleFiles, ::testing::ValuesIn(alkomp::testing::module_files()), file_name);

}  // namespace
}  // namespace alkomp::ir
