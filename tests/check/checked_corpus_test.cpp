// SPDX-License-Identifier: MIT OR Apache-2.0
// The corpus on a checked device: what is right is not reported.
#include "check/checked.h"

namespace alkomp::testing {
namespace {

class CheckedCorpus : public ::testing::TestWithParam<KernelFile> {};

TEST_P(CheckedCorpus, has_the_faults_that_its_head_tells) {
    const KernelFile& file = GetParam();
    Device gpu = checked_device();
    if (!can_assemble(file) || !lacking(gpu, file.needs).empty() || !lacking(gpu, file.assumed).empty() ||
        !lacking_matrix(gpu, file).empty())
        GTEST_SKIP() << "the reference device lacks what the kernel needs";
    static_cast<void>(run_kernel(gpu, gpu.compile(source_of(file), options_of(file)), file));
    std::set<std::string> kinds;
    for (const Fault& fault : gpu.faults()) kinds.emplace(to_string(fault.kind));
    EXPECT_EQ(kinds, file.faults) << text_of(gpu.faults());
}

std::string name_of(const ::testing::TestParamInfo<KernelFile>& info) {
    return info.param.theme + '_' + info.param.name;
}

INSTANTIATE_TEST_SUITE_P(, CheckedCorpus, ::testing::ValuesIn(kernel_files()), name_of);

}  // namespace
}  // namespace alkomp::testing
