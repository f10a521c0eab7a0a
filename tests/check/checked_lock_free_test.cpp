// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels whose invocations hand on data without a barrier between them, with the memory semantics that it takes: nothing
// is reported, and the results are right, for several sizes of subgroups and orders of workgroups.
#include "check/checked.h"

namespace alkomp::testing {
namespace {

std::vector<KernelFile> lock_free_files() {
    std::vector<KernelFile> files = kernel_files_in(ALKOMP_CORRECT);
    // No device promises what it needs, but a checked one does it.
    for (const KernelFile& file : kernel_files())
        if (file.assumed == std::vector<std::string>{"forward_progress"}) files.push_back(file);
    return files;
}

class LockFree : public ::testing::TestWithParam<KernelFile> {};

TEST_P(LockFree, has_no_faults_whoever_comes_first) {
    const KernelFile& file = GetParam();
    for (const u32 subgroup_size : {0u, 1u, 8u, 64u}) {
        for (const u64 order_seed : {0u, 1u, 2u}) {
            Device gpu = checked_device({.subgroup_size = subgroup_size, .order_seed = order_seed});
            const KernelResult result = run_kernel(gpu, gpu.compile(source_of(file), options_of(file)), file);
            EXPECT_TRUE(gpu.faults().empty()) << text_of(gpu.faults());
            EXPECT_EQ(broken_expectation(file, result), "");
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, LockFree, ::testing::ValuesIn(lock_free_files()),
                         [](const auto& info) { return info.param.name; });

TEST(LockFreeKernels, do_not_become_fewer) { EXPECT_GE(lock_free_files().size(), 16u); }

}  // namespace
}  // namespace alkomp::testing
