// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fold_workgroups.h"

#include "verified.h"
#include "ir/print.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace alkomp::testing {
namespace {

constexpr const char* kTo = "storage %to: u32[] set 0 binding 0\nscalar %n: u32 offset 0\n";
constexpr const char* kBody = R"(
    %g: u32x3 = builtin(global_id)
    %w: u32x3 = builtin(workgroup_id)
    %c: u32x3 = builtin(workgroup_count)
    %x: u32 = extract(0) %g
    %y: u32 = extract(1) %w
    %z: u32 = extract(2) %c
    %yz: u32 = add %y, %z
    %p: ptr<storage, u32> = access %to, %x
    store %p, %yz
    barrier(workgroup, storage)
    return)";

ir::Module folded() {
    ir::Module module = ir::parse(kernel_text(kBody, kTo), "test.ir");
    ir::verify(module);
    ir::fold_workgroups(module, 16);
    return module;
}

TEST(FoldWorkgroups, leaves_a_right_module_whose_counts_are_scalars) {
    ir::Module module = folded();
    ir::verify(module);  // the barrier too: what leaves before it is whole workgroups
    std::vector<u32> offsets;
    for (const ir::Global& global : module.globals)
        if (global.kind == ir::Global::Kind::scalar && global.value != ir::ValueId::none)
            offsets.push_back(global.offset_bytes);
    std::sort(offsets.begin(), offsets.end());
    EXPECT_EQ(offsets, (std::vector<u32>{0, 16, 20, 24}));
}

TEST(FoldWorkgroups, no_place_is_that_of_the_grid) {
    const std::string text = ir::print(folded());
    EXPECT_EQ(text.find("builtin(global_id)"), std::string::npos) << text;
    EXPECT_NE(text.find("workgroups_z"), std::string::npos) << text;
    // The first thing that happens is that what is beyond the true counts returns.
    EXPECT_LT(text.find("if ^"), text.find("builtin(local_id)")) << text;
}

}  // namespace
}  // namespace alkomp::testing
