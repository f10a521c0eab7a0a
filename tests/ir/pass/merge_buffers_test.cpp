// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/merge_buffers.h"

#include "verified.h"
#include "ir/print.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

constexpr const char* kTwo = R"(storage %from: u32[] set 0 binding 1 readonly
storage %to: u32[] set 1 binding 0 writeonly
storage %other: f32[] set 1 binding 1
)";
constexpr const char* kCopy = R"(
    %p: ptr<storage, u32> = access %from, 3
    %x: u32 = load %p
    %q: ptr<storage, u32> = access %to, 4
    store %q, %x
    return)";

ir::Module parsed() {
    ir::Module module = ir::parse(kernel_text(kCopy, kTwo), "test.ir");
    ir::verify(module);
    return module;
}

TEST(MergeBuffers, what_used_one_uses_the_first) {
    ir::Module module = parsed();
    const std::vector<ir::BufferUse> uses{{0, 1, 0, 1, true}, {1, 0, 0, 1, true}};
    ASSERT_TRUE(ir::merge_buffers(module, uses));
    ir::verify(module);
    const std::string text = ir::print(module);
    EXPECT_NE(text.find("%p: ptr<storage, u32> = access %from, 3"), std::string::npos) << text;
    EXPECT_NE(text.find("%q: ptr<storage, u32> = access %from, 4"), std::string::npos) << text;
    EXPECT_TRUE(module.globals[1].writes);
    EXPECT_TRUE(module.globals[1].reads);
    EXPECT_FALSE(module.globals[2].writes);
}

TEST(MergeBuffers, one_that_shares_nothing_but_its_buffer_is_only_declared_as_written) {
    ir::Module module = parsed();
    const std::vector<ir::BufferUse> uses{{0, 1, 0, 1, true}, {1, 0, 1, 0, true}};
    ASSERT_TRUE(ir::merge_buffers(module, uses));
    EXPECT_TRUE(module.globals[1].writes);
    EXPECT_NE(ir::print(module).find("access %to, 4"), std::string::npos);
}

TEST(MergeBuffers, other_types_are_left_alone) {
    ir::Module module = parsed();
    const std::string before = ir::print(module);
    const std::vector<ir::BufferUse> uses{{0, 1, 0, 1, true}, {1, 1, 0, 1, true}};
    EXPECT_FALSE(ir::merge_buffers(module, uses));
    EXPECT_EQ(ir::print(module), before);
}

}  // namespace
}  // namespace alkomp::testing
