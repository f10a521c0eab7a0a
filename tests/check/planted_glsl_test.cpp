// SPDX-License-Identifier: MIT OR Apache-2.0
// GLSL with faults planted by hand, under `#ifdef FAULT`: each is found at its line, and none without the macro.
#include "check/marks.h"

namespace alkomp::testing {
namespace {

const std::vector<KernelFile>& planted_files() {
    static const std::vector<KernelFile> files = kernel_files_in(ALKOMP_PLANTED);
    return files;
}

class PlantedInGlsl : public ::testing::TestWithParam<KernelFile> {};

TEST_P(PlantedInGlsl, is_found_at_its_line) {
    const KernelFile& file = GetParam();
    expect_marked(marks_of(file.path), [&](Device& gpu, bool is_faulty) {
        KernelOptions options = options_of(file);
        if (is_faulty) options.macros["FAULT"] = "1";
        static_cast<void>(run_kernel(gpu, gpu.compile(source_of(file), options), file));
    });
}

INSTANTIATE_TEST_SUITE_P(, PlantedInGlsl, ::testing::ValuesIn(planted_files()),
                         [](const auto& info) { return info.param.name; });

TEST(PlantedKernels, in_glsl_do_not_become_fewer) {
    Counts counts;
    for (const KernelFile& file : planted_files()) count(counts, marks_of(file.path));
    expect_at_least({{"bad address", {2, 2}},
                     {"barrier", {7, 6}},
                     {"data race", {19, 14}},
                     {"deadlock", {1, 0}},
                     {"division by zero", {1, 1}},
                     {"misaligned", {1, 0}},
                     {"out of bounds", {19, 18}},
                     {"same-value race", {3, 2}},
                     {"shift out of range", {1, 1}},
                     {"step limit", {1, 1}},
                     {"uninitialized", {9, 7}}},
                    counts);
}

}  // namespace
}  // namespace alkomp::testing
